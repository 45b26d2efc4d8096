import type { AtomOptions } from '../api/atom.js'
import type { Validator } from '../api/definitions.js'
import { checkName } from '../api/names.js'
import type { Home, Homes } from '../commit/homes.js'
import type { Primitives } from '../contracts/backend.js'
import { usageError } from '../errors.js'
import { equalData } from '../values/equal.js'
import { AtomHandle } from './atom-handle.js'
import { Cell } from './cell.js'
import type { AtomHost } from './host.js'

const OPTIONS = ['in', 'validate']

/** The atoms of one client: one handle a name and home. */
export class Atoms {
  private readonly handles = new Map<string, AtomHandle<any>>()

  constructor(
    private readonly host: AtomHost,
    private readonly homes: Homes,
    /** Where atoms live that do not say where; undefined where the coordinator keeps no plain state. */
    private readonly state: Home | undefined,
    private readonly lock: Primitives['lock'] | undefined,
  ) {}

  handle(name: string, initial: unknown, options: AtomOptions<any> = {}): AtomHandle<any> {
    checkName('atom', name)
    for (const key of Object.keys(options)) {
      if (OPTIONS.includes(key)) continue
      throw usageError('AVOUT_OPTION', `${name} has the unknown option "${key}": there are ${OPTIONS.join(', ')}`)
    }
    const home = this.homeOf(name, options.in)
    const validators: Validator<any>[] = options.validate === undefined ? [] : [options.validate]
    const cell = new Cell(name, home, `${this.host.client}/atom`, this.lock)
    const made = new AtomHandle<any>(this.host, cell, initial, validators)
    const known = this.handles.get(name)
    if (known === undefined) {
      this.handles.set(name, made)
      return made
    }
    checkSame(known, made)
    known.declareAgain(validators)
    return known
  }

  /** Resolves when no change of this client is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.handles.values()].map((handle) => handle.settled()))
  }

  private homeOf(name: string, home: AtomOptions<any>['in']): Home {
    const found = home === undefined ? this.state : this.homes.named(name, home)
    if (found !== undefined) return found
    throw usageError('AVOUT_BACKEND', `${name} needs a home: the coordinator keeps no plain state, so say { in: … }`)
  }
}

function checkSame(known: AtomHandle<any>, made: AtomHandle<any>): void {
  const [was, is] = [known, made].map(({ cell }) => `to live in "${cell.home.id}"`)
  if (was !== is) throw redeclared(known.name, was, is)
  const [before, now] = [known.encodedInitial.data, made.encodedInitial.data]
  if (equalData(before, now)) return
  const shown = [before, now].map((data) => `with the initial value ${JSON.stringify(data).slice(0, 200)}`)
  throw redeclared(known.name, shown[0], shown[1])
}

function redeclared(name: string, before: string | undefined, now: string | undefined): TypeError {
  return usageError('AVOUT_REDECLARED', `the atom ${name} was declared ${before}, and now ${now}: one name is one atom`)
}
