import type { Entry } from '@avout/core/backend'
import type { Connection } from './connection.js'
import * as codes from './drivers/codes.js'
import { errorOf, foreign } from './errors.js'
import type { Recent } from './recent.js'
import type { Segments } from './segments.js'

/** How many reads are sent at once, at first and at most: nobody knows how large the entries are. */
const FIRST = 16
const MOST_AT_ONCE = 512
/** What the entries of one round should not be much more than, in bytes, and where a page ends. */
const ROUND_BYTES = 1 << 20
const PAGE_BYTES = 8 << 20

/** Reads entries: one call each, sent all at once. A log's segment is never listed. */
export class EntryReader {
  readonly #connection: Connection
  readonly #segments: Segments
  readonly #recent: Recent

  constructor(connection: Connection, segments: Segments, recent: Recent) {
    this.#connection = connection
    this.#segments = segments
    this.#recent = recent
  }

  /** Those from `from` on, without a gap, up to the first that is not there. `known` is a position that is known to be there. */
  async read(from: number, limit: number, known: number): Promise<Entry[]> {
    const entries: Entry[] = []
    let round = FIRST
    let bytes = 0
    while (entries.length < limit) {
      const next = from + entries.length
      // Beyond what is known there may be more: a few are asked for in advance.
      const wanted = Math.min(limit - entries.length, Math.max(round, Math.min(FIRST, known - next + 1)))
      const count = next > known ? Math.min(wanted, FIRST) : wanted
      const found = await Promise.all(Array.from({ length: count }, (_, i) => this.#entry(next + i)))
      for (const entry of found) {
        if (entry === undefined) return entries
        entries.push(entry)
        bytes += entry.record.length
      }
      if (bytes >= PAGE_BYTES) return entries
      const each = bytes / entries.length
      round = Math.max(1, Math.min(round * 4, MOST_AT_ONCE, Math.floor(ROUND_BYTES / Math.max(1, each))))
    }
    return entries
  }

  async #entry(position: number): Promise<Entry | undefined> {
    const recent = this.#recent.get(position)
    if (recent !== undefined) return recent
    const { code, data, stat } = await this.#connection.get(this.#segments.entryOf(position))
    if (code === codes.NO_NODE) return undefined
    if (code !== codes.OK || data === undefined) throw errorOf(code, `read entry ${position}`, this.#connection.where)
    // Avout never writes an entry twice: who did may have changed anything.
    if (stat?.version !== 0)
      throw foreign(`entry ${position} of the log was overwritten by something else`, this.#connection.where)
    return { position, record: data }
  }
}
