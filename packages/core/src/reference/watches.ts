import type { Change } from '../api/reference.js'
import { Changes } from './changes.js'
import { ChangesInOrder } from './changes-in-order.js'
import type { ReferenceHost } from './host.js'
import type { RefHandle } from './ref-handle.js'

type Watch = (key: string, reference: any, old: any, value: any, change: Change<any>) => unknown

/**
 * Tells watchers of committed changes: each once, in the order of the log, none left out. Replay only notes what happened;
 * watches run when the entry is applied whole, before those who committed it go on.
 */
export class Watches {
  private readonly stops = new Map<RefHandle<any>, Map<string, () => void>>()
  private readonly open = new Set<Changes<any>>()
  private due: (() => unknown)[] = []

  constructor(private readonly host: ReferenceHost) {}

  add(handle: RefHandle<any>, key: string, watch: Watch): void {
    this.host.checkOpen()
    this.remove(handle, key)
    const stop = this.listen(handle, (change) => {
      this.guarded(handle.name, () => watch(key, handle, change.old, change.value, change))
    })
    let byKey = this.stops.get(handle)
    if (byKey === undefined) {
      byKey = new Map()
      this.stops.set(handle, byKey)
    }
    byKey.set(key, stop)
  }

  remove(handle: RefHandle<any>, key: string): void {
    const byKey = this.stops.get(handle)
    byKey?.get(key)?.()
    byKey?.delete(key)
  }

  changes(handle: RefHandle<any>, signal: AbortSignal | undefined): Changes<Change<any>> {
    return this.iterate((push) => this.listen(handle, push), signal)
  }

  /** Calls `watch` as soon as the entry that is being replayed is applied. */
  tell(name: string, watch: () => unknown): void {
    this.due.push(() => this.guarded(name, watch))
  }

  /** Runs what is due; a watch that throws is told of, and stops nobody. */
  flush(): void {
    if (this.due.length === 0) return
    const due = this.due
    this.due = []
    for (const watch of due) watch()
  }

  close(reason: unknown): void {
    for (const byKey of this.stops.values()) for (const stop of byKey.values()) stop()
    this.stops.clear()
    for (const changes of [...this.open]) changes.fail(reason)
  }

  /** The changes of all refs whose names begin with `prefix`. */
  familyChanges(
    prefix: string,
    handleOf: (name: string) => RefHandle<any>,
    signal: AbortSignal | undefined,
  ): Changes<Change<any> & { key: string }> {
    return this.iterate((push) => {
      const inOrder = new ChangesInOrder(this.host)
      const stopListening = this.host.replica.listen((before, after) => {
        const { name } = after.state
        if (!name.startsWith(prefix)) return
        const handle = handleOf(name)
        const key = name.slice(prefix.length)
        this.tell(name, () => inOrder.hear(handle, before, after, (change) => push({ ...change, key })))
      })
      return this.stopper(stopListening)
    }, signal)
  }

  /** What `listen` hears, as an iterable that ends with the client. */
  iterate<T extends Change<any>>(
    listen: (push: (change: T) => void) => () => void,
    signal: AbortSignal | undefined,
  ): Changes<T> {
    this.host.checkOpen()
    const changes = new Changes(listen, signal, (ended) => this.open.delete(ended))
    if (!changes.isOver) this.open.add(changes)
    return changes
  }

  private listen(handle: RefHandle<any>, hear: (change: Change<any>) => void): () => void {
    const inOrder = new ChangesInOrder(this.host)
    const stopListening = handle.state.listen((before, after) => {
      this.tell(handle.name, () => inOrder.hear(handle, before, after, hear))
    })
    return this.stopper(stopListening)
  }

  /** What listens also polls. */
  private stopper(stopListening: () => void): () => void {
    const stopPolling = this.host.keepPolling()
    return () => {
      stopListening()
      stopPolling()
    }
  }

  private guarded(name: string, watch: () => unknown): void {
    try {
      const result = watch()
      if (result instanceof Promise) result.catch((error: unknown) => this.host.reports.watchFailed(name, error))
    } catch (error) {
      this.host.reports.watchFailed(name, error)
    }
  }
}
