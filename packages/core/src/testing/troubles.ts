import type { Log } from '../contracts/log.js'
import { UnavailableError } from '../errors.js'
import type { Rival } from './rival.js'
import type { SimBackend } from './sim-store.js'

/** What a test has asked to go wrong with the next appends of a realm's clients. */
export class Troubles {
  /** How many appends are still to lose against a rival. */
  conflicts = 0
  /** How many answers to appends are still to get lost. */
  lostAcks = 0

  /** A backend whose log goes wrong as asked. */
  of(backend: SimBackend, rivalOf: (realm: string) => Rival): SimBackend {
    const { specificationVersion, id } = backend
    return {
      specificationVersion,
      id,
      open: async (context) => {
        const session = await backend.open(context)
        return { ...session, log: this.#troubled(session.log, rivalOf(context.realm), id) }
      },
    }
  }

  #troubled(log: Log, rival: Rival, id: string): Log {
    return {
      ...log,
      append: async (record, after) => {
        if (this.conflicts > 0 && rival.outrun(record)) this.conflicts--
        const isLost = this.lostAcks > 0
        if (isLost) this.lostAcks--
        const appended = await log.append(record, after)
        if (isLost) throw new UnavailableError(`the answer of "${id}" got lost, as a test asked`, id)
        return appended
      },
    }
  }
}
