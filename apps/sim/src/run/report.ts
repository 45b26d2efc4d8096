import { neverReached } from '../judge/sometimes.js'
import type { CampaignReport } from './campaign.js'

/** How many failures are told in full. */
const TOLD = 5

/** From here on, what was never reached is a failure of the simulation itself. */
const ENOUGH = 20_000

/** Whether the campaign found nothing, and saw enough to say so. */
export function isGood({ failures, tally, profile, schedules }: CampaignReport): boolean {
  return failures.length === 0 && (profile !== 'all' || schedules < ENOUGH || neverReached(tally).length === 0)
}

/** A campaign for people. */
export function report(campaign: CampaignReport): string {
  const { profile, seed, schedules, workers, failures, tally, events, seconds } = campaign
  const lines: string[] = []
  for (const failure of failures.slice(0, TOLD)) {
    lines.push(`seed ${failure.seed} failed:`)
    for (const violation of failure.violations) lines.push(`  ${violation.replaceAll('\n', '\n  ')}`)
    lines.push(`  again: pnpm sim --profile ${profile} --seed ${failure.seed} --schedules 1 --trace`, '')
  }
  if (failures.length > TOLD) {
    lines.push(`and ${failures.length - TOLD} more: ${failures.slice(TOLD).map((each) => each.seed)}`, '')
  }
  lines.push('How often rare things happened:')
  for (const [what, times] of [...tally].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`  ${String(times).padStart(9)}  ${what}`)
  }
  const missing = neverReached(tally)
  if (profile === 'all' && missing.length > 0) lines.push('', `Never reached: ${missing.join(', ')}.`)
  const speed = Math.round(schedules / seconds)
  lines.push(
    '',
    `${schedules} schedules of profile "${profile}", seeds ${seed} to ${seed + schedules - 1}: ${failures.length} failed.`,
    `${seconds.toFixed(1)} s on ${workers} threads: ${speed} schedules/s, ${Math.round(events / schedules)} events each.`,
  )
  return lines.join('\n')
}
