import { parentPort, workerData } from 'node:worker_threads'
import { Tally } from '@avout/core/testing'
import { runComposedLog, SLOTS } from '../composed-log/run.js'
import type { Batch, Failure, WorkerMessage } from './batch.js'
import { runSchedule } from './run-schedule.js'

/** How many schedules lie between two messages. */
const STRIDE = 50

const { seed, schedules, profile, stopAtFirst } = workerData as Batch
const say = (message: WorkerMessage) => parentPort?.postMessage(message)

// Simulated stores fail all the time, and nobody reads where: `--trace` tells it.
Error.stackTraceLimit = 0

const strays: unknown[] = []
process.on('unhandledRejection', (reason) => strays.push(reason))

/** Lets the machine notice promises that were rejected and that nobody looks after. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

const tally = new Tally()
const failures: Failure[] = []
let events = 0
let ran = 0
for (let at = seed; at < seed + schedules; at++) {
  const report = await (profile === SLOTS ? runComposedLog(at) : runSchedule(at, profile))
  await turn()
  const leaked = strays.splice(0).map((reason) => `a promise was rejected, and nobody looked: ${String(reason)}`)
  const violations = [...report.violations, ...leaked]
  events += report.events
  tally.add(report.tally)
  ran++
  if (ran % STRIDE === 0) say({ ran: STRIDE })
  if (violations.length > 0) {
    failures.push({ seed: at, profile, violations })
    if (stopAtFirst) break
  }
}
say({ report: { schedules: ran, events, failures, tally: [...tally.counts] } })
