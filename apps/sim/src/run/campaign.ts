import { Tally } from '@avout/core/testing'
import type { BatchReport, Failure } from './batch.js'
import { runBatch } from './run-batch.js'

export interface Campaign {
  readonly profile: string
  readonly seed: number
  readonly schedules: number
  readonly workers: number
}

export interface CampaignReport extends Campaign {
  readonly failures: readonly Failure[]
  readonly tally: ReadonlyMap<string, number>
  readonly events: number
  readonly seconds: number
}

/** Runs the seeds of a campaign, a range a worker. */
export async function runCampaign(
  worker: URL,
  campaign: Campaign,
  ran: (schedules: number) => void = () => undefined,
): Promise<CampaignReport> {
  const { profile, seed, schedules, workers } = campaign
  const begun = performance.now()
  const share = Math.ceil(schedules / workers)
  const batches: Promise<BatchReport>[] = []
  for (let first = 0; first < schedules; first += share) {
    const batch = { profile, seed: seed + first, schedules: Math.min(share, schedules - first), stopAtFirst: false }
    batches.push(runBatch(worker, batch, { ran }))
  }
  const reports = await Promise.all(batches)
  const tally = new Tally()
  for (const report of reports) tally.add(report.tally)
  return {
    ...campaign,
    failures: reports.flatMap(({ failures }) => failures).sort((a, b) => a.seed - b.seed),
    tally: tally.counts,
    events: reports.reduce((sum, { events }) => sum + events, 0),
    seconds: (performance.now() - begun) / 1000,
  }
}
