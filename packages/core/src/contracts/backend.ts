import type { Clock } from './clock.js'
import type { Counter } from './counter.js'
import type { Lock } from './lock.js'
import type { Log } from './log.js'
import type { StateContainer } from './state.js'
import type { VersionedStates } from './versions.js'

export interface Primitives {
  log: Log
  counter(name: string): Counter
  lock(name: string): Lock
  versions: VersionedStates
  state(name: string): StateContainer
}

export type Session<P extends keyof Primitives> = Pick<Primitives, P> & {
  /** Resolves when the store answers; rejects with `UnavailableError` in bounded time when it does not. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type BackendState = 'up' | 'connecting' | 'down'

export interface BackendContext {
  readonly realm: string
  readonly clock: Clock
  report(state: BackendState, error?: unknown): void
}

/**
 * A store, or a part of one. Inert until a client opens it; closed with the last session that it gave. `id` is its name in
 * the log: stable, without secrets. What it keeps for one realm is apart from every other realm.
 */
export interface Backend<P extends keyof Primitives> {
  readonly specificationVersion: 1
  readonly id: string
  open(context: BackendContext): Promise<Session<P>>
}
