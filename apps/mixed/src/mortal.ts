import type { Backend, Log, Primitives, Session, Stored, VersionedStates } from '@avout/core/backend'

/** What a process lives to see of a commit; then it ends. */
export interface Fate {
  /** Whether its record is appended; if not, it never leaves the process. */
  readonly appended: boolean
  /** The stores, by id, that its values reach. To the others they are under way for ever. */
  readonly stored: readonly string[]
}

/** Ends the process once all that the fate grants has happened, and holds back the rest. */
export class Mortal {
  readonly #fate: Fate
  readonly #awaited: Set<string>
  readonly #end: () => void
  #armed = false

  constructor(fate: Fate, end: () => void) {
    this.#fate = fate
    this.#end = end
    this.#awaited = new Set([...fate.stored, ...(fate.appended ? ['the append'] : [])])
  }

  /** From now on: what came before was an ordinary life. */
  arm(): void {
    this.#armed = true
  }

  /** The same backend, its writes held or counted. Nothing goes along with an append: each value is a write of its own. */
  around<P extends keyof Primitives>(backend: Backend<P>): Backend<P> {
    const { id } = backend
    return {
      specificationVersion: 1,
      id,
      open: async (context) => {
        const session: Session<never> & Partial<Primitives> = await backend.open(context)
        const { log, versions } = session
        const whole: Session<never> & Partial<Primitives> = {
          ...(log !== undefined && { log: this.#log(log) }),
          ...(versions !== undefined && { versions: this.#versions(id, versions) }),
          ping: () => session.ping(),
          close: () => session.close(),
        }
        return whole as Session<P>
      },
    }
  }

  #log(log: Log): Log {
    return {
      append: (record, after) => this.#write('the append', this.#fate.appended, () => log.append(record, after)),
      read: (after, limit) => log.read(after, limit),
      tail: () => log.tail(),
      floor: () => log.floor(),
      subscribe: (wake) => log.subscribe(wake),
      trim: (below) => log.trim(below),
    }
  }

  #versions(id: string, versions: VersionedStates): VersionedStates {
    const granted = this.#fate.stored.includes(id)
    return {
      container: (ref) => {
        const inner = versions.container(ref)
        return {
          initVersionedStateContainer: () => inner.initVersionedStateContainer(),
          destroyVersionedStateContainer: () => inner.destroyVersionedStateContainer(),
          getStateAt: (version) => inner.getStateAt(version),
          setStateAt: (value, version) => this.#write(id, granted, () => inner.setStateAt(value, version)),
          deleteStateAt: (version) => inner.deleteStateAt(version),
        }
      },
      ...(versions.setMany !== undefined && {
        setMany: (entries: readonly Stored[]) =>
          this.#write(id, granted, () => versions.setMany?.(entries) as Promise<readonly boolean[]>),
      }),
    }
  }

  async #write<T>(what: string, granted: boolean, write: () => Promise<T>): Promise<T> {
    if (!this.#armed) return write()
    if (!granted) return new Promise<never>(() => undefined)
    const answer = await write()
    this.#awaited.delete(what)
    if (this.#awaited.size === 0) this.#end()
    return answer
  }
}
