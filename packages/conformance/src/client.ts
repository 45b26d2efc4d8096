import type { Backend, BackendState, Clock, Primitives, Session } from '@avout/core/backend'

/** A session, with whatever it offers. */
export type Client = Session<never> & Partial<Primitives>

/** The machine's clock: what is examined here is a real store. */
export const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }, ms)
      const abort = () => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    }),
}

/** What a store reports of itself is no part of its promises. */
const report = (_state: BackendState): void => undefined

export function openClient(backend: Backend<never>, realm: string): Promise<Client> {
  return backend.open({ realm, clock, report })
}
