import { Buffer } from 'node:buffer'
import type { Data, Entry } from '@avout/core/backend'
import type { SimStore, Tally } from '@avout/core/testing'

/** Where a composed log is kept in the store of its slots. */
const SLOTS = '~log'
const FLOOR = '~log-floor'
const EPOCHS = '~log-epochs'

/** What had been answered to anybody at some moment: what begins later must not fall behind it. */
export interface Known {
  readonly acked: number
  readonly tail: number
  readonly floor: number
}

/**
 * What is true of a composed log, whoever asks: it looks into the store after every change there, so it sees the first value of
 * every slot, and those that are won again after they were trimmed.
 */
export class Ledger {
  /** Position → the record in words; '' for a filler. */
  readonly truth = new Map<number, string>()
  /** Record → the position it was acknowledged at. */
  readonly acked = new Map<string, number>()
  readonly violations: string[] = []
  readonly #store: SimStore
  readonly #realm: string
  readonly #tally: Tally
  #present = new Set<string>()
  #floor = 1
  #targets = 1
  #known: Known = { acked: 0, tail: 0, floor: 1 }

  constructor(store: SimStore, realm: string, tally: Tally) {
    this.#store = store
    this.#realm = realm
    this.#tally = tally
  }

  get known(): Known {
    return this.#known
  }

  get floor(): number {
    return this.#floor
  }

  /** The slot before the first that was never written. */
  get tail(): number {
    let tail = 0
    while (this.truth.has(tail + 1)) tail++
    return tail
  }

  violate(violation: string): void {
    if (this.violations.length < 20) this.violations.push(violation)
  }

  /** Somebody is about to trim. */
  aimed(below: number): void {
    this.#targets = Math.max(this.#targets, below)
  }

  learned(what: Partial<Known>): void {
    const { acked, tail, floor } = this.#known
    this.#known = {
      acked: Math.max(acked, what.acked ?? 0),
      tail: Math.max(tail, what.tail ?? 0),
      floor: Math.max(floor, what.floor ?? 0),
    }
  }

  /** To be called between any two changes of the store. */
  look(): void {
    const holdings = this.#store.holdings(this.#realm)
    this.#lookAtFloor(holdings.get(FLOOR)?.size ?? 0)
    const slots = holdings.get(SLOTS) ?? new Set<string>()
    for (const slot of slots) if (!this.#present.has(slot)) this.#written(Number(slot))
    for (const slot of this.#present) {
      if (!slots.has(slot) && Number(slot) >= this.#floor) {
        this.violate(`slot ${slot} was deleted while the floor was ${this.#floor}`)
      }
    }
    this.#present = new Set(slots)
  }

  epochs(): number {
    return this.#store.holdings(this.#realm).get(EPOCHS)?.size ?? 0
  }

  /** What was answered as entries must be what was written there first, and dense. */
  checkEntries(entries: readonly Entry[], first: number, what: string): void {
    for (const [i, { position, record }] of entries.entries()) {
      if (position !== first + i) this.violate(`${what}: position ${position} in place of ${first + i}`)
      const text = textOf(record)
      const truth = this.truth.get(position)
      if (truth !== text) this.violate(`${what}: entry ${position} is "${text}", and was "${truth}"`)
    }
  }

  #lookAtFloor(links: number): void {
    const newest = links === 0 ? 1 : this.#store.peek(this.#realm, FLOOR, String(links))
    if (typeof newest !== 'number' || newest < this.#floor)
      this.violate(`the floor went from ${this.#floor} to ${newest}`)
    else this.#floor = newest
    if (this.#floor > this.#targets)
      this.violate(`the floor is ${this.#floor}, nobody asked for more than ${this.#targets}`)
  }

  #written(position: number): void {
    const text = wordsOf(this.#store.peek(this.#realm, SLOTS, String(position)))
    const before = this.truth.get(position)
    if (before === undefined) {
      this.truth.set(position, text)
      if (text === '') this.#tally.count('hole filled')
    } else if (position < this.#floor) this.#tally.count('trimmed slot won')
    else this.violate(`slot ${position} held "${before}", and now "${text}"`)
  }
}

export const textOf = (record: Uint8Array): string => Buffer.from(record).toString()

function wordsOf(value: Data | undefined): string {
  if (value === null) return ''
  return typeof value === 'string' ? value.slice(1) : `no entry: ${JSON.stringify(value)}`
}
