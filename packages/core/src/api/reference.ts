import type { FamilyDefinition, RefDefinition, RefKey, Validator } from './definitions.js'
import type { ReadOptions } from './options.js'

export interface Change<T> {
  readonly old: T
  readonly value: T
  readonly position: number
  /** Some between them were dropped: the reader was too slow, or they were trimmed away. */
  readonly resync: boolean
}

/** What can be read and watched. */
export interface Reference<in out T> {
  readonly name: string
  /** The current value, strictly: it includes every commit acknowledged before the call. In a body: the value of its snapshot. */
  deref(options?: ReadOptions): Promise<T>
  /** Calls `watch` for each committed change, once, in order, none left out; before the dosync that made it resolves. A second watch of one key replaces the first. */
  addWatch(key: string, watch: (key: string, reference: this, old: T, value: T, change: Change<T>) => void): void
  removeWatch(key: string): void
  /** Each committed change from now on. */
  changes(options?: { signal?: AbortSignal }): AsyncIterable<Change<T>>
  /** Checks the current value too, as in Clojure: rejects with ValidationError, and keeps the old validator, when that does not pass. */
  setValidator(validator: Validator<T> | null): Promise<void>
}

/** A ref of one client. */
export interface Ref<in out T> extends Reference<T>, RefDefinition<T> {
  readonly name: string
}

/** A ref of this process only: not encoded, not frozen, undefined too. */
export interface LocalRef<in out T> extends Reference<T>, RefKey<T> {
  readonly kind: 'local'
  readonly name: string
}

/** A family of one client. */
export interface Family<in out T> extends FamilyDefinition<T> {
  (key: string): Ref<T>
  changes(options?: { signal?: AbortSignal }): AsyncIterable<Change<T> & { key: string }>
}
