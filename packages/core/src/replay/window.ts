import type { Version } from '../state/version.js'
import { ExistenceChanges } from './existence.js'
import type { Past } from './verdict.js'

/** What the window remembers of one position. */
interface Slot {
  position: number
  hash: string
  /** Of a record of transactions that lies in its window: valid or not, it counts as seen. */
  client: string
  number: number
  /** Ids of the transactions that were valid. */
  ids: (string | number)[]
}

const emptySlot = (position: number, hash: string): Slot => ({
  position,
  hash,
  // Stryker disable next-line StringLiteral: any name will do that no client has
  client: '',
  number: 0,
  // Stryker disable next-line ArrayDeclaration: an id that nobody has is forgotten, and asked for by nobody
  ids: [],
})

/** The last W positions before the one that is judged, as every client remembers them. */
export class Window implements Past {
  private readonly slots: Slot[]
  /** By client and number: the position where a record was met first. */
  private readonly seen = new Map<string, Map<number, number>>()
  private readonly committedIds = new Set<string>()
  private readonly existence = new ExistenceChanges()
  private newest: Slot

  constructor(
    readonly window: number,
    position: number,
    hash: string,
  ) {
    this.slots = new Array<Slot>(window + 1)
    this.newest = emptySlot(position, hash)
    this.slots[position % this.slots.length] = this.newest
  }

  /** Opens position `n`: whatever lies before `n - W` is forgotten. */
  advance(n: number): void {
    const at = n % this.slots.length
    const old = this.slots[at]
    if (old === undefined) {
      // Stryker disable next-line StringLiteral: nobody asks for the hash of a position before it is set
      this.newest = emptySlot(n, '')
      this.slots[at] = this.newest
    } else {
      this.forget(old)
      this.newest = old
      old.position = n
      old.hash = ''
      // Stryker disable next-line StringLiteral: any name will do that no client has
      old.client = ''
      // Stryker disable next-line ArrayDeclaration: an id that nobody has is forgotten, and asked for by nobody
      old.ids = []
    }
    this.existence.forgetBefore(n - this.window)
  }

  setHash(n: number, hash: string): void {
    if (this.newest.position === n) this.newest.hash = hash
  }

  enterRecord(client: string, number: number): void {
    this.newest.client = client
    this.newest.number = number
    let numbers = this.seen.get(client)
    if (numbers === undefined) {
      numbers = new Map()
      this.seen.set(client, numbers)
    }
    numbers.set(number, this.newest.position)
  }

  enterCommit(id: string | number): void {
    this.newest.ids.push(id)
    // Stryker disable next-line ConditionalExpression: numbers would only cost memory there, as nobody asks for them
    if (typeof id === 'string') this.committedIds.add(id)
  }

  /** A write that created or deleted its key. */
  enterExistenceChange(version: Version): void {
    this.existence.add(version)
  }

  hashAt(position: number): string | undefined {
    const slot = this.slots[position % this.slots.length]
    return slot?.position === position ? slot.hash : undefined
  }

  isRepeated(client: string, number: number): boolean {
    return this.seen.get(client)?.has(number) === true
  }

  isIdTaken(id: string): boolean {
    return this.committedIds.has(id)
  }

  lastExistenceChange(from: string, to: string, since: number): Version | undefined {
    return this.existence.last(from, to, since)
  }

  /** Where a record of `client` validly committed its transaction `number`, of those ids that clients make up. */
  hasCommitted(client: string, number: number): boolean {
    return this.slots.some((slot) => slot.client === client && slot.ids.includes(number))
  }

  private forget(slot: Slot): void {
    const numbers = this.seen.get(slot.client)
    if (numbers?.get(slot.number) === slot.position) numbers.delete(slot.number)
    // Stryker disable next-line all: a client that is gone would only cost memory
    if (numbers?.size === 0) this.seen.delete(slot.client)
    // Stryker disable next-line ConditionalExpression: numbers are not there, to ask for them only costs time
    for (const id of slot.ids) if (typeof id === 'string') this.committedIds.delete(id)
  }
}
