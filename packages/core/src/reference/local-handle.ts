import type { Validator } from '../api/definitions.js'
import type { LocalRef } from '../api/reference.js'
import type { LocalState } from '../state/local-state.js'
import type { ReferenceHost } from './host.js'
import { validate } from './validate.js'
import { WatchList } from './watch-list.js'
import { Watched } from './watched.js'

/** A ref of this process, in the same transactions as those of the stores. */
export class LocalHandle<T> extends Watched<T> implements LocalRef<T> {
  readonly kind = 'local'
  protected readonly watches: WatchList<T>

  constructor(
    readonly host: ReferenceHost,
    readonly state: LocalState,
  ) {
    super()
    const changed = (before: unknown, after: unknown): void => {
      const { position } = host.replica
      this.watches.tell({ old: before as T, value: after as T, position, resync: false })
    }
    this.watches = new WatchList(host, this, (isWatched) => {
      if (isWatched) state.listeners.add(changed)
      else state.listeners.delete(changed)
    })
  }

  get name(): string {
    return this.state.name
  }

  /** The committed value: while a transaction that wrote it has no verdict, the one before it. */
  async deref(): Promise<T> {
    const tx = this.host.currentTx()
    return tx === undefined ? (this.state.value as T) : tx.get(this)
  }

  async setValidator(validator: Validator<T> | null): Promise<void> {
    const validators = validator === null ? [] : [validator]
    validate(this.name, validators, this.state.value)
    this.state.validate = (value) => validate(this.name, validators, value)
  }
}
