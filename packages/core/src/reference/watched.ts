import type { Change } from '../api/reference.js'
import type { Changes } from './changes.js'
import type { Watch, WatchList } from './watch-list.js'

/** How its users watch a reference that learns of its changes by itself. */
export abstract class Watched<T> {
  protected abstract readonly watches: WatchList<T>

  addWatch(key: string, watch: Watch<T>): void {
    this.watches.add(key, watch)
  }

  removeWatch(key: string): void {
    this.watches.remove(key)
  }

  changes(options: { signal?: AbortSignal } = {}): Changes<Change<T>> {
    return this.watches.changes(options.signal)
  }
}
