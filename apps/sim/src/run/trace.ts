import { runComposedLog, SLOTS } from '../composed-log/run.js'
import { evidenceOf } from '../judge/evidence.js'
import { judge } from '../judge/judge.js'
import type { Judged } from '../model/model.js'
import { planOf } from '../world/plan.js'
import type { Call } from '../world/recorder.js'
import { World } from '../world/world.js'
import { drain } from './run-schedule.js'

/** Tells one schedule: its plan, every event, the log as the model judges it, the calls, the runs, and what was violated. */
export async function traceSchedule(seed: number, profile: string, say: (line: string) => void): Promise<boolean> {
  if (profile === SLOTS) return traceComposedLog(seed, say)
  const plan = planOf(seed, profile)
  say(`plan: ${JSON.stringify(plan, null, 2)}`)
  const trace = ({ at, process, label }: { at: number; process: string; label: string }) =>
    say(`${String(world.scheduler.events).padStart(6)} ${at.toFixed(3).padStart(14)} ${process.padEnd(4)} ${label}`)
  const world: World = new World(plan, { drain, trace })
  await world.run()
  const violations = await judge(world)
  await world.close()
  say('\nthe log:')
  for (const judged of (await evidenceOf(world)).model.judged) say(`  ${tellJudged(judged)}`)
  say('\nthe calls:')
  for (const call of world.recorder.calls) say(`  ${tellCall(call)}`)
  say('\nthe runs:')
  for (const { name, runs } of world.clients) for (const run of runs) say(`  ${name} ${JSON.stringify(run)}`)
  const all = violations.length === 0 ? world.violations : violations
  say(`\n${all.length === 0 ? 'nothing was violated' : all.join('\n')}`)
  return all.length === 0
}

/** The same for a composed log alone: every event, and what was violated. */
async function traceComposedLog(seed: number, say: (line: string) => void): Promise<boolean> {
  const { violations } = await runComposedLog(seed, {
    trace: ({ at, process, label }) => say(`${at.toFixed(3).padStart(14)} ${process.padEnd(4)} ${label}`),
  })
  say(`\n${violations.length === 0 ? 'nothing was violated' : violations.join('\n')}`)
  return violations.length === 0
}

function tellJudged({ position, version, transaction, fault }: Judged): string {
  const expected = ({ ref, version: at, marked }: { ref: string; version: string; marked: boolean }) =>
    `${ref}@${marked ? '*' : ''}${at}`
  const reads = transaction.reads.map(expected)
  const writes = transaction.writes.map((write) => `${expected(write)} := ${JSON.stringify(write.data) ?? 'elsewhere'}`)
  const operations = transaction.operations.map(
    ({ ref, attested, steps }) => `${ref} (${attested}) ${JSON.stringify(steps)}`,
  )
  return `${position} ${version} (${transaction.id}) ${fault ?? 'valid'}; reads ${reads}; writes ${writes}; operations ${operations}`
}

function tellCall({ id, kind, client, outcome, invoked, ended, steps }: Call): string {
  const when = `${invoked.at.toFixed(3)} to ${ended?.at.toFixed(3) ?? '…'}`
  const told = steps.map((step) =>
    step.f === 'append' ? `append ${step.element} to ${step.key}` : `${step.key} = [${step.list}]`,
  )
  return `T${id} ${kind}, client ${client}, ${outcome ?? 'open'}, ${when}: ${told.join('; ')}`
}
