import type { Backend, Data, Log, Primitives, Session, VersionedStates } from '@avout/core/backend'
import { Pump, Scheduler, SimStore } from '@avout/core/testing'
import type { Harness } from '../../src/index.js'
import { Views } from './views.js'

export type Full = Session<keyof Primitives>

/** How a store differs from a sound one. Made once for each store, so what it closes over is shared by the store's clients. */
export interface Mutation {
  /** The realm that is opened in place of the one asked for. */
  realm?(realm: string): string
  /** What takes the place of parts of a session. */
  session?(session: Full, realm: string): Partial<Full>
  /** What takes the place of parts of a backend. */
  backend?(backend: Backend<keyof Primitives>): Partial<Backend<keyof Primitives>>
  /** Called while the store is down, in the middle of a restart. */
  restarted?(store: SimStore): void
  /** Without what a harness may lack. */
  readonly bare?: boolean
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

/** One mutation, and every scenario that has to catch it. */
export const everywhere = (name: string, scenarios: readonly string[], make: () => Mutation): readonly Mutant[] =>
  scenarios.map((caughtBy) => ({ name, caughtBy, make }))

/** A store with every primitive, with all that is optional, and without a fault, changed by `mutation`. */
export function harnessOf(mutation: Mutation = {}): Harness {
  const scheduler = new Scheduler({ start: Date.now() })
  const store = new SimStore(scheduler)
  const pump = new Pump(scheduler, 'real')
  const views = new Views()
  const open: Backend<keyof Primitives>['open'] = async (context) => {
    const realm = mutation.realm?.(context.realm) ?? context.realm
    const session = await store.open({ ...context, realm })
    const versions = {
      ...session.versions,
      setCurrent: async (heads) => views.show(realm, heads),
    } satisfies VersionedStates
    const sound: Full = { ...session, versions, log: together(session.log, versions) }
    const changed: Full = { ...sound, ...mutation.session?.(sound, realm) }
    // A log that was changed appends with values as it appends without, unless the change is about that.
    const changesIt = changed.log?.appendWith !== sound.log.appendWith
    const isNew = changed.log !== sound.log || changed.versions !== sound.versions
    if (changed.log === undefined || changed.versions === undefined || changesIt || !isNew) return changed
    return { ...changed, log: together(changed.log, changed.versions) }
  }
  const restart = async () => {
    store.down = true
    mutation.restarted?.(store)
    await pause(50)
    store.down = false
  }
  return {
    open: () => {
      const backend = { specificationVersion: 1 as const, id: store.id, open }
      return { ...backend, ...mutation.backend?.(backend) }
    },
    ...(mutation.bare === true
      ? {}
      : { restart, current: async (realm, ref): Promise<Data | undefined> => views.current(realm, ref) }),
    close: async () => pump.stop(),
  }
}

function together(log: Log, { setMany, container }: VersionedStates): Log {
  return {
    ...log,
    appendWith: async (record, after, values) => {
      const appended = await log.append(record, after)
      if (setMany !== undefined) await setMany(values)
      else await Promise.all(values.map(({ ref, version, value }) => container(ref).setStateAt(value, version)))
      return appended
    },
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
