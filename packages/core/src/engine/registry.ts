import { declaredOf, type RefDefinition, type RefKey } from '../api/definitions.js'
import type { Home, Homes } from '../commit/homes.js'
import type { Backend } from '../contracts/backend.js'
import { usageError } from '../errors.js'
import type { ReferenceHost } from '../reference/host.js'
import { LocalHandle } from '../reference/local-handle.js'
import { RefHandle } from '../reference/ref-handle.js'
import { LocalState } from '../state/local-state.js'
import { equalData } from '../values/equal.js'

/** The refs of one client: one handle a name. */
export class Registry {
  private readonly handles = new Map<string, RefHandle<any>>()
  private readonly definitions = new WeakMap<object, RefHandle<any>>()
  private locals = 0

  constructor(
    private readonly host: ReferenceHost,
    private readonly homes: Homes,
    /** Where refs live that do not say where. */
    private readonly values: Home | undefined,
  ) {}

  /** The handle of whatever names a ref: one of this client, or a definition. */
  resolve(ref: RefKey<any>): RefHandle<any> | LocalHandle<any> {
    if (ref instanceof RefHandle || ref instanceof LocalHandle) {
      if (ref.host === this.host) return ref
      throw usageError(
        'AVOUT_FOREIGN_REF',
        `${ref.name} is a ref of another client: use one of this client, or a definition`,
      )
    }
    if (typeof ref !== 'object' || ref === null) {
      throw usageError(
        'AVOUT_NOT_A_REF',
        `${String(ref)} is no ref: make one with avout.ref(…), defineRef(…) or a family`,
      )
    }
    return this.definitions.get(ref) ?? this.handle(ref as RefDefinition<any>)
  }

  handle<T>(definition: RefDefinition<T>): RefHandle<T> {
    if (definition instanceof RefHandle) return this.resolve(definition) as RefHandle<T>
    const declared = declaredOf(definition)
    const { name } = definition
    const home = this.homeOf(name, declared.in)
    const known = this.handles.get(name)
    const made = new RefHandle<T>(this.host, this.host.replica.states.of(name), home, definition, declared)
    if (known === undefined) this.handles.set(name, made)
    else {
      this.checkSame(known, made)
      known.declareAgain(declared)
    }
    const handle = known ?? made
    this.definitions.set(definition, handle)
    return handle
  }

  local<T>(initial: T, name: string | undefined): LocalHandle<T> {
    return new LocalHandle(this.host, new LocalState(name ?? `local-${++this.locals}`, initial))
  }

  private checkSame(known: RefHandle<any>, made: RefHandle<any>): void {
    const { name } = known
    if (known.home !== made.home) {
      throw redeclared(name, `to live in "${known.home.id}"`, `in "${made.home.id}"`)
    }
    if (!equalData(known.initialData, made.initialData)) {
      const [before, now] = [known, made].map((handle) => JSON.stringify(handle.initialData).slice(0, 200))
      throw redeclared(name, `with the initial value ${before}`, `with ${now}`)
    }
  }

  private homeOf(name: string, home: Backend<'versions'> | string | undefined): Home {
    if (home !== undefined) return this.homes.named(name, home)
    if (this.values !== undefined) return this.values
    throw usageError('AVOUT_BACKEND', `${name} needs a home: the coordinator keeps no values, so say { in: … }`)
  }
}

function redeclared(name: string, before: string, now: string): TypeError {
  return usageError('AVOUT_REDECLARED', `${name} was declared ${before}, and now ${now}: one name is one ref`)
}
