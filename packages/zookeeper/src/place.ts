import { LogDivergedError } from '@avout/core'
import type { Connection } from './connection.js'
import * as codes from './drivers/codes.js'
import { errorOf } from './errors.js'
import type { Realm } from './realm.js'
import type { Segments } from './segments.js'

/** Where the log ends, as far as is known. Forgotten with each session: a rollback may have taken back what another one saw. */
export class Place {
  readonly #realm: Realm
  readonly #segments: Segments
  readonly #forget: () => void
  #epoch = 0
  #known = 0
  /** The segment that the next append goes to. Undefined until it was looked for. */
  #segment: number | undefined

  /** `forget` is called where all that was learned in a session is void. */
  constructor(realm: Realm, segments: Segments, forget: () => void) {
    this.#realm = realm
    this.#segments = segments
    this.#forget = forget
  }

  /** The highest position that was seen in this session. */
  get known(): number {
    this.#renew()
    return this.#known
  }

  get segment(): number | undefined {
    this.#renew()
    return this.#segment
  }

  seen(position: number): void {
    if (position > this.#known) this.#known = position
    const segment = this.#segments.segmentOf(position)
    if (this.#segment !== undefined && segment > this.#segment) this.#segment = segment
  }

  /**
   * Waits until an append would be sent at once, in a session that has seen `after`: else the log may have lost it, and an append
   * could not be taken back. The caller sends it in the session that is named, or not at all.
   */
  async toAppend(after: number): Promise<{ segment: number; epoch: number }> {
    for (;;) {
      const { up, epoch } = this.#realm.connection
      const { segment } = this
      if (up && segment !== undefined && after <= this.#known) return { segment, epoch }
      await this.#realm.connection.ready()
      const tail = await this.tail()
      if (after > tail) throw new LogDivergedError(`the log ends at ${tail}, but its caller has seen entry ${after}`)
    }
  }

  /** A segment is full, as was seen in the session `epoch`: finds the one to go on with. */
  async full(segment: number, epoch: number): Promise<void> {
    if (this.segment !== undefined && this.#epoch === epoch) this.#segment = Math.max(this.segment, segment + 1)
    await this.tail()
  }

  /** Makes a segment that has to be there, because all before it are full: that was seen in the session `epoch`, and holds in no other. */
  async make(segment: number, epoch: number): Promise<void> {
    if (this.known > segment * this.#segments.size && this.#epoch === epoch) {
      const path = this.#segments.pathOf(segment)
      throw new LogDivergedError(`${path} is gone, though entry ${this.#known} had been seen`)
    }
    await this.#realm.makeParent(this.#segments.pathOf(segment), epoch)
  }

  /** The last position, not older than the call: the answer to a write. */
  async tail(): Promise<number> {
    await this.#realm.ready()
    const { connection } = this.#realm
    const { epoch } = connection
    let segment = this.segment ?? (await this.#last())
    let full = (this.segment ?? 0) - 1
    for (;;) {
      const { code, stat } = await connection.touch(this.#segments.pathOf(segment))
      // Another session, perhaps of servers that have lost data: what was found in the one before proves nothing there.
      if (connection.epoch !== epoch) return this.tail()
      if (code === codes.OK && stat !== undefined) {
        const made = madeOf(stat)
        if (made >= this.#segments.size) {
          full = segment++
          continue
        }
        return this.#learned(segment, this.#segments.lastOf(segment, made))
      }
      if (code !== codes.NO_NODE) throw errorOf(code, 'read the tail', connection.where)
      if (segment === 0) await this.make(0, epoch)
      else if (full >= segment - 1) return this.#learned(segment, segment * this.#segments.size)
      // The number of segments is only a hint.
      else segment--
    }
  }

  /** What was ever made in a segment. */
  async madeIn(segment: number): Promise<number> {
    const { code, stat } = await this.#realm.connection.touch(this.#segments.pathOf(segment))
    return code === codes.OK && stat !== undefined ? madeOf(stat) : 0
  }

  #learned(segment: number, tail: number): number {
    this.#segment = Math.max(this.segment ?? 0, segment)
    this.seen(tail)
    return tail
  }

  async #last(): Promise<number> {
    const { stat } = await this.#realm.connection.exists(this.#realm.log)
    return Math.max(0, (stat?.numChildren ?? 0) - 1)
  }

  #renew(): void {
    const { epoch }: Connection = this.#realm.connection
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    this.#known = 0
    this.#segment = undefined
    this.#forget()
  }
}

/** A client sees twice the creates less the children: so deletions do not show in the sum. */
const madeOf = ({ cversion, numChildren }: { cversion: number; numChildren: number }): number =>
  (cversion + numChildren) / 2
