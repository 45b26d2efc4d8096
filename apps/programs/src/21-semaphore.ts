// A semaphore of so many permits: as many locks, and whoever gets the first of them gives up the others. The permit of a process
// that dies comes back when its lease is over.
import type { Avout, HeldLock, LockOptions } from '@avout/core'

export async function acquirePermit(avout: Avout, name: string, permits: number, options: LockOptions = {}) {
  const enough = new AbortController()
  const signal = AbortSignal.any([enough.signal, ...(options.signal ? [options.signal] : [])])
  const attempts = Array.from({ length: permits }, (_, i) => avout.lock(`${name}/${i}`).acquire({ ...options, signal }))
  await Promise.allSettled([Promise.any(attempts)])
  enough.abort()
  const settled = await Promise.allSettled(attempts)
  const [permit, ...more] = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  await Promise.all(more.map((one) => one[Symbol.asyncDispose]()))
  if (permit === undefined) throw (settled[0] as PromiseRejectedResult).reason
  return permit
}

/** Runs `body` while at most `permits` of them run in all processes together. */
export async function withPermit<R>(
  avout: Avout,
  name: string,
  permits: number,
  body: (permit: HeldLock) => Promise<R>,
) {
  await using permit = await acquirePermit(avout, name, permits)
  return await body(permit)
}
