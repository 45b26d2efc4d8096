import type { Log } from '../contracts/log.js'
import { UnavailableError } from '../errors.js'
import type { Random } from './random.js'
import type { Rival } from './rival.js'
import type { SimProcess } from './sim-process.js'
import type { SimBackend, SimStore } from './sim-store.js'

/** How many steps an append may take longer than another's: enough for clients that begin together to come in any order. */
const MAX_STEPS = 3

/** The way of a test realm's clients to their store: who comes first is the seed's choice, what goes wrong the test's. */
export class Troubles {
  /** How many appends are still to lose against a rival. */
  conflicts = 0
  /** How many answers to appends are still to get lost. */
  lostAcks = 0
  readonly #store: SimStore
  readonly #random: Random
  readonly #rivalOf: (realm: string) => Rival

  constructor(store: SimStore, random: Random, rivalOf: (realm: string) => Rival) {
    this.#store = store
    this.#random = random
    this.#rivalOf = rivalOf
  }

  /** The store as the client on `process` reaches it. */
  on(process: SimProcess): SimBackend {
    const backend = this.#store.on(process)
    const { specificationVersion, id } = backend
    return {
      specificationVersion,
      id,
      open: async (context) => {
        const session = await backend.open(context)
        return { ...session, log: this.#troubled(session.log, process, this.#rivalOf(context.realm)) }
      },
    }
  }

  #troubled(log: Log, process: SimProcess, rival: Rival): Log {
    let before = Promise.resolve()
    return {
      ...log,
      append: async (record, after) => {
        before = this.#travel(before, process)
        await before
        if (this.conflicts > 0 && rival.outrun(record)) this.conflicts--
        const isLost = this.lostAcks > 0
        if (isLost) this.lostAcks--
        const appended = await log.append(record, after)
        if (isLost)
          throw new UnavailableError(`the answer of "${this.#store.id}" got lost, as a test asked`, this.#store.id)
        return appended
      },
    }
  }

  /** Takes some steps and no time, behind what the same client sent before. */
  async #travel(before: Promise<void>, process: SimProcess): Promise<void> {
    const steps = this.#random.between(0, MAX_STEPS)
    await before
    for (let i = 0; i < steps; i++) await new Promise<void>((resolve) => process.schedule(0, resolve, 'travel'))
  }
}
