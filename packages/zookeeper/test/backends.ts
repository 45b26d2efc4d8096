import type { Backend, BackendContext, Primitives, Session } from '@avout/core/backend'
import { type InternalOptions, zookeeperWith } from '../src/zookeeper.js'

export const DRIVERS = ['node-zookeeper-client', 'zookeeper'] as const

export type Driver = (typeof DRIVERS)[number]

type Opened = Session<keyof Primitives>

const clock: BackendContext['clock'] = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const timer = setTimeout(resolve, ms)
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          reject(signal.reason)
        },
        { once: true },
      )
    }),
}

let realms = 0

/** A realm that no test has used. */
export const newRealm = (): string => `test ${process.pid} ${Date.now()} ${++realms}`

export interface Tell {
  readonly states: string[]
  readonly errors: unknown[]
}

/** Opens sessions, and closes them all at the end. */
export class Sessions implements AsyncDisposable {
  readonly realm = newRealm()
  readonly #open: Opened[] = []

  async open(options: InternalOptions, told?: Tell, realm = this.realm): Promise<Opened> {
    return this.of(zookeeperWith(options), told, realm)
  }

  async of(backend: Backend<keyof Primitives>, told?: Tell, realm = this.realm): Promise<Opened> {
    const session = await backend.open({
      realm,
      clock,
      report: (state, error) => {
        told?.states.push(state)
        if (error !== undefined) told?.errors.push(error)
      },
    })
    this.#open.push(session)
    return session
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((session) => session.close()))
  }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (record: Uint8Array | undefined): string => new TextDecoder().decode(record)

/** Waits until it is so. */
export async function until(what: string, test: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await test())) {
    if (performance.now() > end) throw new Error(`in ${ms} ms not: ${what}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
  }
}
