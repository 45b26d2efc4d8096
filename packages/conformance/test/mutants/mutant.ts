import type { Backend, Primitives, Session } from '@avout/core/backend'
import { Pump, Scheduler, SimStore } from '@avout/core/testing'
import type { Harness } from '../../src/index.js'

export type Full = Session<keyof Primitives>

/** How a store differs from a sound one. Made once for each store, so what it closes over is shared by the store's clients. */
export interface Mutation {
  /** The realm that is opened in place of the one asked for. */
  realm?(realm: string): string
  /** What takes the place of parts of a session. */
  session?(session: Full, realm: string): Partial<Full>
  /** What takes the place of parts of a backend. */
  backend?(backend: Backend<keyof Primitives>): Partial<Backend<keyof Primitives>>
}

export interface Mutant {
  readonly name: string
  /** The scenario that must fail. */
  readonly caughtBy: string
  readonly make: () => Mutation
}

/** A mutant that changes sessions only. */
export const mutant = (
  name: string,
  caughtBy: string,
  make: () => (session: Full, realm: string) => Partial<Full>,
): Mutant => ({ name, caughtBy, make: () => ({ session: make() }) })

/** A store with every primitive and without a fault, changed by `mutation`. */
export function harnessOf(mutation: Mutation = {}): Harness {
  const scheduler = new Scheduler()
  const store = new SimStore(scheduler)
  const pump = new Pump(scheduler, 'real')
  const open: Backend<keyof Primitives>['open'] = async (context) => {
    const realm = mutation.realm?.(context.realm) ?? context.realm
    const session = await store.open({ ...context, realm })
    return { ...session, ...mutation.session?.(session, realm) }
  }
  return {
    open: () => {
      const backend = { specificationVersion: 1 as const, id: store.id, open }
      return { ...backend, ...mutation.backend?.(backend) }
    },
    close: async () => pump.stop(),
  }
}

/** A value that every client of a store shares, for each key one. */
export function shared<T>(make: () => T): (key: string) => T {
  const all = new Map<string, T>()
  return (key) => {
    const found = all.get(key) ?? make()
    all.set(key, found)
    return found
  }
}

/** How often it was called: true every `n`-th time. */
export function everyNth(n: number): () => boolean {
  let count = 0
  return () => ++count % n === 0
}

export const pause = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const never = new Promise<never>(() => undefined)
