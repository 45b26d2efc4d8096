import type { Change, Reference } from '../api/reference.js'
import type { Changes } from './changes.js'
import type { ReferenceHost } from './host.js'

export type Watch<T> = (key: string, reference: any, old: T, value: T, change: Change<T>) => void

/** The watches of one reference that learns of its changes by itself, rather than from the log. */
export class WatchList<T> {
  private readonly byKey = new Map<string, (change: Change<T>) => void>()
  private readonly listeners = new Set<(change: Change<T>) => void>()

  constructor(
    private readonly host: ReferenceHost,
    private readonly reference: Pick<Reference<T>, 'name'>,
    /** Told when the first one comes and when the last one goes. */
    private readonly watched: (isWatched: boolean) => void = () => {},
  ) {}

  get isEmpty(): boolean {
    return this.listeners.size === 0
  }

  add(key: string, watch: Watch<T>): void {
    this.host.checkOpen()
    this.remove(key)
    const { reference, host } = this
    const listener = (change: Change<T>): void => {
      host.watches.tell(reference.name, () => watch(key, reference, change.old, change.value, change))
    }
    this.byKey.set(key, listener)
    this.listen(listener)
  }

  remove(key: string): void {
    const listener = this.byKey.get(key)
    this.byKey.delete(key)
    if (listener !== undefined) this.forget(listener)
  }

  changes(signal: AbortSignal | undefined): Changes<Change<T>> {
    return this.host.watches.iterate<Change<T>>((push) => {
      this.listen(push)
      return () => this.forget(push)
    }, signal)
  }

  /** Tells of a change: those who watch are called with the next flush of the client's watches. */
  tell(change: Change<T>): void {
    for (const listener of this.listeners) listener(change)
  }

  private listen(listener: (change: Change<T>) => void): void {
    this.listeners.add(listener)
    if (this.listeners.size === 1) this.watched(true)
  }

  private forget(listener: (change: Change<T>) => void): void {
    if (this.listeners.delete(listener) && this.listeners.size === 0) this.watched(false)
  }
}
