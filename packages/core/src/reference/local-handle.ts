import type { Validator } from '../api/definitions.js'
import type { Change, LocalRef } from '../api/reference.js'
import type { LocalState } from '../state/local-state.js'
import type { ReferenceHost } from './host.js'
import { validate } from './validate.js'

type Watch<T> = (key: string, reference: any, old: T, value: T, change: Change<T>) => void

/** A ref of this process, in the same transactions as those of the stores. */
export class LocalHandle<T> implements LocalRef<T> {
  readonly kind = 'local'
  private readonly watches = new Map<string, (before: unknown, after: unknown) => void>()

  constructor(
    readonly host: ReferenceHost,
    readonly state: LocalState,
  ) {}

  get name(): string {
    return this.state.name
  }

  /** The committed value: while a transaction that wrote it has no verdict, the one before it. */
  async deref(): Promise<T> {
    const tx = this.host.currentTx()
    return tx === undefined ? (this.state.value as T) : tx.get(this)
  }

  addWatch(key: string, watch: Watch<T>): void {
    this.host.checkOpen()
    this.removeWatch(key)
    const listener = (before: unknown, after: unknown): void => {
      const change = this.changeOf(before, after)
      this.host.watches.tell(this.name, () => watch(key, this, change.old, change.value, change))
    }
    this.watches.set(key, listener)
    this.state.listeners.add(listener)
  }

  removeWatch(key: string): void {
    const listener = this.watches.get(key)
    if (listener !== undefined) this.state.listeners.delete(listener)
    this.watches.delete(key)
  }

  changes(options: { signal?: AbortSignal } = {}): AsyncIterable<Change<T>> {
    return this.host.watches.iterate<Change<T>>((push) => {
      const listener = (before: unknown, after: unknown): void => push(this.changeOf(before, after))
      this.state.listeners.add(listener)
      return () => this.state.listeners.delete(listener)
    }, options.signal)
  }

  async setValidator(validator: Validator<T> | null): Promise<void> {
    const validators = validator === null ? [] : [validator]
    validate(this.name, validators, this.state.value)
    this.state.validate = (value) => validate(this.name, validators, value)
  }

  private changeOf(before: unknown, after: unknown): Change<T> {
    return { old: before as T, value: after as T, position: this.host.replica.position, resync: false }
  }
}
