import { LocalState } from '../state/local-state.js'
import type { RefState } from '../state/ref-state.js'
import { ByRef } from './by-ref.js'
import type { Write } from './write.js'

type LocalWrite = { readonly value: unknown }

/** What a scope wrote, on top of what the scope around it wrote. */
export class Buffer {
  readonly writes = new ByRef<Write>()
  /** Writes of local refs, boxed: undefined is a value of theirs. */
  locals: Map<LocalState, LocalWrite> | undefined = undefined
  /** What was taken from the outer one, to see at the end whether that is still so. */
  private taken: Map<RefState | LocalState, Write | LocalWrite | undefined> | undefined = undefined

  constructor(private readonly outer: Buffer | undefined) {}

  get isEmpty(): boolean {
    return this.writes.size === 0 && this.locals === undefined
  }

  /** The last write of a ref, here or around. */
  get(state: RefState): Write | undefined {
    const own = this.writes.get(state)
    if (own !== undefined || this.outer === undefined) return own
    const found = this.outer.get(state)
    this.take(state, found)
    return found
  }

  getLocal(local: LocalState): LocalWrite | undefined {
    const own = this.locals?.get(local)
    if (own !== undefined || this.outer === undefined) return own
    const found = this.outer.getLocal(local)
    this.take(local, found)
    return found
  }

  setLocal(local: LocalState, value: unknown): void {
    this.locals ??= new Map()
    this.locals.set(local, { value })
  }

  /** Whether all that an inner buffer took from here is here still: others may have been merged meanwhile. */
  stillHas(inner: Buffer): boolean {
    for (const [key, found] of inner.taken ?? []) {
      const now = key instanceof LocalState ? this.getLocal(key) : this.get(key)
      if (now !== found) return false
    }
    return true
  }

  merge(inner: Buffer): void {
    for (const write of inner.writes.items) this.writes.set(write)
    for (const [local, { value }] of inner.locals ?? []) this.setLocal(local, value)
  }

  private take(key: RefState | LocalState, found: Write | LocalWrite | undefined): void {
    this.taken ??= new Map()
    if (!this.taken.has(key)) this.taken.set(key, found)
  }
}
