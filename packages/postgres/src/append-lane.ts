import { AvoutError } from '@avout/core'
import type { Appended, Entry, Stored } from '@avout/core/backend'
import { arrayLiteral } from './array-literal.js'
import type { Connection } from './connection.js'
import { encode } from './json.js'
import { once } from './statement.js'

/** What is missed is answered up to so many bytes. */
export const PAGE_BYTES = 4 * 1024 * 1024
/** What is sent together holds no more. */
const BATCH_BYTES = 4 * 1024 * 1024
const BATCH_RECORDS = 16

const append = once(
  'append',
  (s) => `select at, bytes from ${s}.append($1, $2, $3::integer[], $4, $5, $6, $7::text[], $8::text[], $9::jsonb[])`,
)

interface Waiting {
  readonly record: Uint8Array
  readonly after: number
  readonly values: readonly Stored[]
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: unknown) => void
}

/** An entry as PostgreSQL answers it. */
export type Row = readonly [position: number, hex: string]

export const entryOf = ([position, hex]: Row): Entry => ({ position, record: Buffer.from(hex, 'hex') })

/**
 * The appends of one session, in the order in which they were asked for: one call at a time, and those that came meanwhile in the
 * next one, together.
 *
 * Sending each on a connection of its own gains nothing, since the log's order is kept by a lock until the flush; and it lets
 * records overtake one another, so that what speculates on an earlier one is invalid. Together they share a flush.
 */
export class AppendLane {
  readonly #connection: Connection
  readonly #realm: number
  #waiting: Waiting[] = []
  #busy = false

  constructor(connection: Connection, realm: number) {
    this.#connection = connection
    this.#realm = realm
  }

  append(record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, after, values, resolve, reject })
      if (!this.#busy) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) await this.#sendAll(this.#take())
    this.#busy = false
  }

  #take(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { record } of this.#waiting) {
      bytes += record.length
      if (count > 0 && (count >= BATCH_RECORDS || bytes > BATCH_BYTES)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #sendAll(batch: readonly Waiting[]): Promise<void> {
    try {
      const appended = await this.#send(batch)
      for (let i = 0; i < batch.length; i++) batch[i]?.resolve(appended[i] as Appended)
    } catch (error) {
      const refused = AvoutError.isInstance(error) && (error.kind === 'diverged' || error.kind === 'invalid')
      // None of them was appended; which one is to blame shows when each goes by itself.
      if ((refused || error instanceof TypeError) && batch.length > 1)
        for (const one of batch) await this.#sendAll([one])
      else for (const { reject } of batch) reject(error)
    }
  }

  async #send(batch: readonly Waiting[]): Promise<Appended[]> {
    const [first] = batch as [Waiting]
    let from = first.after
    let known = first.after
    let values = first.values
    for (let i = 1; i < batch.length; i++) {
      const other = batch[i] as Waiting
      from = Math.min(from, other.after)
      known = Math.max(known, other.after)
      if (other.values.length > 0) values = values.length > 0 ? [...values, ...other.values] : other.values
    }
    const none = values.length === 0
    const rows = await this.#connection.run<Row>(append, [
      this.#realm,
      batch.length === 1 ? first.record : Buffer.concat(batch.map(({ record }) => record)),
      `{${batch.map(({ record }) => record.length).join()}}`,
      from,
      known,
      PAGE_BYTES,
      none ? null : arrayLiteral(values.map(({ version }) => version)),
      none ? null : arrayLiteral(values.map(({ ref }) => ref)),
      none ? null : arrayLiteral(values.map(({ value }) => encode(value))),
    ])
    const position = (rows[0] as Row)[0]
    const missed = rows.slice(1).map(entryOf)
    return batch.map((one, i) => answer(batch, position, missed, one, i))
  }
}

/** What one of a batch is told: its position, and what it missed, which those before it in the batch are part of. */
function answer(
  batch: readonly Waiting[],
  position: number,
  missed: readonly Entry[],
  { after }: Waiting,
  index: number,
): Appended {
  const its = position + index
  if (after >= its - 1) return { position: its, missed: [] }
  const entries = missed.filter((entry) => entry.position > after)
  const last = missed.at(-1)?.position
  // A page that stopped short must not be followed by what comes after the gap.
  if (last !== undefined && last < position - 1) return { position: its, missed: entries }
  for (let i = 0; i < index; i++) {
    if (position + i > after) entries.push({ position: position + i, record: (batch[i] as Waiting).record })
  }
  return { position: its, missed: entries }
}
