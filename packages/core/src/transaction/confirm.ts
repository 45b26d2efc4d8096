import type { Conflict } from '../replay/verdict.js'
import type { Outcome } from './body.js'
import { staleRead } from './current.js'
import type { Dosync } from './dosync.js'

/**
 * Ends a run that has nothing to append: its result, or the error that it threw, is surfaced only if what it was based on
 * still holds.
 *
 * A run that began with the log's tail and read only what was replayed then has seen the state at its view. Any other one must
 * find its reads current at a point behind its beginning: right after the last transaction in flight that it depends on was
 * judged valid, or at the tail learned now; where both apply, at the later one. Without the first, two clients could
 * return two orders of two writes (a long fork).
 */
export function confirm(dosync: Dosync<any>, outcome: Outcome): void {
  const { host, run } = dosync
  if (run.reads.size === 0 && run.scans === undefined) return end(dosync, outcome)
  if (run.fresh && !run.sawInFlight) return end(dosync, outcome)
  host.overlay.followAll(run.inFlight(), (valid) => {
    if (dosync.isDone) return
    if (!valid) return rerun(dosync, { on: '', rival: undefined })
    if (run.fresh) return judge(dosync, outcome)
    host.ingest.learnTail().then(
      () => judge(dosync, outcome),
      (error: unknown) => dosync.fail(error),
    )
  })
}

function judge(dosync: Dosync<any>, outcome: Outcome): void {
  if (dosync.isDone) return
  const stale = staleRead(dosync.run, dosync.host.replica)
  if (stale === undefined) end(dosync, outcome)
  else rerun(dosync, stale)
}

/** It is so at this very moment, and local refs change with it; whoever waits hears of it when the log's entry is applied whole. */
function end(dosync: Dosync<any>, outcome: Outcome): void {
  if ('error' in outcome || writeLocals(dosync)) dosync.conclude(outcome)
  else dosync.later(() => dosync.again(undefined))
}

/** On replayed state alone, and with the tail learned first: such a run needs no confirmation. */
function rerun(dosync: Dosync<any>, conflict: Conflict): void {
  dosync.later(() => {
    dosync.met(conflict)
    if (dosync.isOutOfAttempts) dosync.giveUp()
    else dosync.beginFresh()
  })
}

/** The local refs of a transaction that has nothing else to commit; false when another one is in the way. */
function writeLocals(dosync: Dosync<any>): boolean {
  const { locals } = dosync.host
  if (!locals.hold(dosync)) return false
  locals.release(dosync, true)
  return true
}
