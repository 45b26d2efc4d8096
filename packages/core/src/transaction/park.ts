import { usageError } from '../errors.js'
import type { Replica } from '../replay/replica.js'
import { staleRead } from './current.js'
import type { Dosync } from './dosync.js'
import type { Scan } from './run.js'

/**
 * `retry`: sleeps until something that the run read has changed. What was seen is compared with what is replayed and the sleeper is
 * registered in one synchronous step, so that no change falls between the two. While anyone sleeps, the tail is polled as
 * well, in case a push is lost.
 */
export function park(dosync: Dosync<any>): void {
  const { host, run } = dosync
  if (run.readsNothing()) {
    dosync.fail(usageError('AVOUT_RETRY_WITHOUT_READS', 'retry() in a body that has read nothing would sleep for ever'))
    return
  }
  host.overlay.followAll(run.inFlight(), (valid) => {
    if (dosync.isDone) return
    if (valid && staleRead(run, host.replica) === undefined && host.locals.isCurrent(run)) sleep(dosync)
    else dosync.later(() => dosync.again(undefined))
  })
}

function sleep(dosync: Dosync<any>): void {
  const { host, run } = dosync
  if (host.closed !== undefined) return dosync.interrupt(host.closed) // nobody would wake it
  const stops: (() => void)[] = []
  const remaining = dosync.deadline - host.platform.clock.now() // asleep, its time stands still
  let awake = false
  const wake = (): void => {
    if (awake) return
    awake = true
    for (const stop of stops) stop()
    dosync.wake = undefined
    if (dosync.isDone) return
    dosync.deadline = host.platform.clock.now() + remaining
    host.running.deadlineMoved(dosync)
    dosync.later(() => dosync.begin(false, true))
  }
  for (const { state } of run.reads.items) stops.push(state.listen(wake))
  for (const local of run.locals?.keys() ?? []) {
    local.listeners.add(wake)
    stops.push(() => local.listeners.delete(wake))
  }
  if (run.scans !== undefined) stops.push(listenExistence(run.scans, host.replica, wake))
  stops.push(host.keepPolling())
  dosync.deadline = Number.POSITIVE_INFINITY
  dosync.wake = wake
}

/** Wakes when a key in one of the ranges is created or deleted. */
function listenExistence(scans: readonly Scan[], replica: Replica, wake: () => void): () => void {
  return replica.listen((before, after) => {
    if (before.exists === after.exists) return
    const { name } = after.state
    if (scans.some(({ from, to }) => from <= name && name < to)) wake()
  })
}
