import type { Connection } from './connection.js'
import * as codes from './drivers/codes.js'
import { errorOf } from './errors.js'
import type { Place } from './place.js'
import type { Segments } from './segments.js'

/** How many deletions are sent at once: those who commit share the server. */
const AT_ONCE = 48

/** Deletes what was trimmed. Segments stay. */
export class Sweeper {
  readonly #connection: Connection
  readonly #segments: Segments
  readonly #place: Place

  constructor(connection: Connection, segments: Segments, place: Place) {
    this.#connection = connection
    this.#segments = segments
    this.#place = place
  }

  /** Deletes the entries from `from` on, below `to`; and with the last of a segment what it holds that is no entry. */
  async sweep(from: number, to: number): Promise<void> {
    for (let position = from; position < to; ) {
      const segment = this.#segments.segmentOf(position)
      const ends = this.#segments.lastOf(segment, this.#segments.size)
      const first = position - 1 - segment * this.#segments.size
      const next = Math.min(to, ends + 1)
      const last = first + (next - position)
      const beyond = next > ends ? Math.max(last, await this.#place.madeIn(segment)) : last
      for (let number = first; number < beyond; number += AT_ONCE) {
        const count = Math.min(AT_ONCE, beyond - number)
        await Promise.all(Array.from({ length: count }, (_, i) => this.#delete(segment, number + i)))
      }
      position = next
    }
  }

  async #delete(segment: number, number: number): Promise<void> {
    const { code } = await this.#connection.remove(this.#segments.nodeOf(segment, number))
    if (code !== codes.OK && code !== codes.NO_NODE) throw errorOf(code, 'delete an entry', this.#connection.where)
  }
}
