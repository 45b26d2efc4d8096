import * as codes from './drivers/codes.js'
import type { Realm } from './realm.js'

interface Kept {
  /** The first position kept. */
  readonly floor: number
  /** All below it are deleted, those that are no entries too: a trim that was interrupted is ended by the next one. */
  readonly swept: number
}

/** What is to be deleted: from `swept` on, below `floor`; in the session `epoch`, for in another one that floor may be lost. */
export interface Unswept extends Kept {
  readonly epoch: number
}

const NEVER: Kept = { floor: 1, swept: 1 }

/** The first position of the log that is kept, in the data of a node of its own. */
export class Floor {
  readonly #realm: Realm
  /** What is known, while the server would tell of a change. */
  #known: { readonly floor: number; readonly epoch: number } | undefined
  #reading: Promise<number> | undefined

  constructor(realm: Realm) {
    this.#realm = realm
  }

  /**
   * Not older than any entry that was read before the call. A watch is told before anything that happened after the change, so
   * while it is silent nothing needs to be read.
   */
  async current(): Promise<number> {
    if (this.#known?.epoch === this.#realm.connection.epoch && this.#realm.connection.up) return this.#known.floor
    this.#reading ??= this.#watch().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** The lowest that it can be, without asking. */
  get known(): number {
    return this.#known?.epoch === this.#realm.connection.epoch ? this.#known.floor : 1
  }

  /** As of now, whatever server answers. */
  async linear(): Promise<number> {
    await this.#realm.ready()
    return keptOf((await this.#realm.read(this.#realm.floor)).data).floor
  }

  /** Raises it, not above the tail, and answers what is to be deleted. Undefined where it is as high and all is deleted. */
  async raise(below: number, tail: () => Promise<number>): Promise<Unswept | undefined> {
    const { connection } = this.#realm
    for (;;) {
      const { epoch } = connection
      const floor = Math.min(below, await tail())
      const { kept, version } = await this.#read()
      if (kept.floor >= floor) return kept.swept < kept.floor ? { ...kept, epoch } : undefined
      const raised = { floor, swept: kept.swept }
      if (await this.#write(raised, version, epoch)) return { ...raised, epoch }
    }
  }

  /** All below `floor` are deleted. */
  async sweptTo({ floor, epoch }: Unswept): Promise<void> {
    for (;;) {
      const { kept, version } = await this.#read()
      // In another session it is left to the next trim.
      if (this.#realm.connection.epoch !== epoch || kept.swept >= floor) return
      if (await this.#write({ floor: kept.floor, swept: floor }, version, epoch)) return
    }
  }

  async #watch(): Promise<number> {
    await this.#realm.ready()
    const { connection, floor: path } = this.#realm
    const { epoch } = connection
    let fired = false
    const reply = await connection.get(path, () => {
      fired = true
      this.#known = undefined
    })
    const { floor } = keptOf(reply.data)
    if (!fired && connection.epoch === epoch) this.#known = { floor, epoch }
    return floor
  }

  async #read(): Promise<{ kept: Kept; version: number }> {
    await this.#realm.ready()
    const { data, stat } = await this.#realm.connection.get(this.#realm.floor)
    return { kept: keptOf(data), version: stat?.version ?? 0 }
  }

  async #write(kept: Kept, version: number, epoch: number): Promise<boolean> {
    const data = Buffer.from(JSON.stringify(kept))
    return (await this.#realm.connection.set(this.#realm.floor, data, version, epoch)).code === codes.OK
  }
}

function keptOf(data: Uint8Array | undefined): Kept {
  if (data === undefined || data.length === 0) return NEVER
  const { floor, swept } = JSON.parse(Buffer.from(data).toString()) as Partial<Kept>
  return { floor: Number(floor ?? 1), swept: Number(swept ?? 1) }
}
