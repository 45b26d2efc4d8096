import type { BackendState, Clock, Primitives, Session } from '@avout/core/backend'
import { type RedisStoreOptions, redis } from '../src/index.js'

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

let last = 0

/** One that no other test, and no run before, has used. */
export const newRealm = (): string => `test-${process.pid}-${Date.now()}-${++last}`

export interface Opened {
  readonly session: Session<keyof Primitives>
  readonly realm: string
  /** What the backend has reported, in order. */
  readonly states: BackendState[]
  readonly errors: unknown[]
}

export async function open(options: string | RedisStoreOptions, realm = newRealm()): Promise<Opened> {
  const states: BackendState[] = []
  const errors: unknown[] = []
  const session = await redis(options).open({
    realm,
    clock,
    report: (state, error) => {
      states.push(state)
      if (error !== undefined) errors.push(error)
    },
  })
  return { session, realm, states, errors }
}

export async function until(condition: () => boolean | Promise<boolean>, what: string, within = 15_000): Promise<void> {
  const end = clock.now() + within
  while (!(await condition())) {
    if (clock.now() > end) throw new Error(`${what}: not within ${within} ms`)
    await clock.sleep(5)
  }
}

export const record = (text: string): Uint8Array => new TextEncoder().encode(text)
export const textOf = (entry: { readonly record: Uint8Array }): string => new TextDecoder().decode(entry.record)

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('it did not reject')
}
