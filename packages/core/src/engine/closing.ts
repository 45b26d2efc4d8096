import type { Homes } from '../commit/homes.js'
import { orAborted } from '../commit/or-aborted.js'
import { ClosedError } from '../errors.js'
import type { Engine } from './engine.js'

/** Ends a client in good order: what runs may end and be stored, for at most `ms` each; then its backends are closed. */
export async function close(engine: Engine, homes: Homes, subscription: AsyncDisposable, ms: number): Promise<void> {
  if (!engine.isStopped) {
    await drain(engine, ms)
    await engine.locks.releaseAll()
    await finishValues(engine, ms)
    engine.stop(new ClosedError())
  }
  const closings = [subscription[Symbol.asyncDispose](), ...[...homes.values()].map((home) => home.close())]
  for (const closing of await Promise.allSettled(closings)) {
    if (closing.status === 'rejected') engine.reports.noticed(closing.reason, 'a backend did not close')
  }
}

/** Refuses new work. Resolves when what runs has ended, at the latest after `ms`. */
async function drain(engine: Engine, ms: number): Promise<void> {
  const { running, agents, drained } = engine
  const reason = engine.refuseWork(new ClosedError())
  running.interruptParked(reason)
  agents.stop(reason)
  await drained.within(ms)
  running.interrupt(reason)
}

/** Resolves when what is committed is stored, or `ms` have passed: the log has it in any case. */
async function finishValues(engine: Engine, ms: number): Promise<void> {
  const { platform, reports } = engine
  const late = new AbortController()
  const timer = platform.setTimer(ms, () => late.abort(new Error('some values are not stored: the log has them')))
  const [finished] = await Promise.allSettled([allStored(engine, late.signal)])
  timer.cancel()
  if (finished.status === 'rejected') reports.noticed(finished.reason, 'closing')
}

async function allStored({ committer, atoms, redo }: Engine, signal: AbortSignal): Promise<void> {
  await orAborted(Promise.all([committer.settled(), atoms.settled()]), signal)
  await redo.finish(signal)
}
