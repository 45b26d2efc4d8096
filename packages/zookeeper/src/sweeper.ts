import type { Connection } from './connection.js'
import * as codes from './drivers/codes.js'
import { errorOf } from './errors.js'
import type { Unswept } from './floor.js'
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

  /**
   * Deletes the entries that are not kept, and with the last of a segment what it holds that is no entry. False where the session
   * has ended before all were deleted.
   */
  async sweep({ swept, floor: to, epoch }: Unswept): Promise<boolean> {
    for (let position = swept; position < to; ) {
      const segment = this.#segments.segmentOf(position)
      const ends = this.#segments.lastOf(segment, this.#segments.size)
      const first = position - 1 - segment * this.#segments.size
      const next = Math.min(to, ends + 1)
      const last = first + (next - position)
      const beyond = next > ends ? Math.max(last, await this.#place.madeIn(segment)) : last
      for (let number = first; number < beyond; number += AT_ONCE) {
        const count = Math.min(AT_ONCE, beyond - number)
        const codesOf = await Promise.all(
          Array.from({ length: count }, (_, i) => this.#delete(segment, number + i, epoch)),
        )
        if (codesOf.includes(codes.NOT_SENT)) return false
      }
      position = next
    }
    return true
  }

  async #delete(segment: number, number: number, epoch: number): Promise<number> {
    const { code } = await this.#connection.remove(this.#segments.nodeOf(segment, number), -1, epoch)
    if (code === codes.OK || code === codes.NO_NODE || code === codes.NOT_SENT) return code
    throw errorOf(code, 'delete an entry', this.#connection.where)
  }
}
