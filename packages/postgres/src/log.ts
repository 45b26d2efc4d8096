import { AvoutError, UnavailableError } from '@avout/core'
import type { Appended, Entry, Log, Stored } from '@avout/core/backend'
import { AppendLane, entryOf, PAGE_BYTES, type Row } from './append-lane.js'
import { checkBytes, checkCount, checkFunction } from './check.js'
import { MAX_BYTES } from './json.js'
import type { Scope } from './scope.js'
import { repeatable } from './statement.js'
import { checkStored } from './versioned-state.js'

/** Entries that one statement of a trim deletes: others read and append between two. */
const DELETED_AT_ONCE = 1000
/** Trims between two vacuums of one session. */
const TRIMS = 10

const read = repeatable('read', (s) => `select at, bytes from ${s}.read_log($1, $2, $3, $4)`)
const tail = repeatable(
  'tail',
  (s) => `select coalesce((select l.position from ${s}.log l where l.realm = $1 order by l.position desc limit 1),
    (select r.floor - 1 from ${s}.realms r where r.id = $1)), pg_is_in_recovery()`,
)
const floor = repeatable('floor', (s) => `select floor from ${s}.realms where id = $1`)
const raiseFloor = repeatable(
  'raise',
  (s) => `update ${s}.realms r set floor = least($2, t.tail)
    from (select max(l.position) as tail from ${s}.log l where l.realm = $1) t
    where r.id = $1 and t.tail is not null and r.floor < least($2, t.tail)`,
)
const removeBelow = repeatable(
  'remove',
  (s) => `with first as (select l.position from ${s}.log l where l.realm = $1 order by l.position limit 1)
    delete from ${s}.log l using first, ${s}.realms r
    where r.id = $1 and l.realm = $1 and l.position < r.floor and l.position < first.position + ${DELETED_AT_ONCE}`,
)

/**
 * A session's view of a realm's log: rows under the realm and their position. An append is one call of a function, with the
 * values of refs that live in the same database: one round trip, one transaction. See `logFunctions` for how it is ordered.
 */
export class PostgresLog implements Log {
  readonly maxBytes = MAX_BYTES
  readonly #scope: Scope
  readonly #lane: AppendLane
  #trims = 0

  constructor(scope: Scope) {
    this.#scope = scope
    this.#lane = new AppendLane(scope.connection, scope.realm)
  }

  append(record: Uint8Array, after: number): Promise<Appended> {
    return this.appendWith(record, after, [])
  }

  async appendWith(record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended> {
    this.#scope.check()
    checkBytes('record', record)
    checkCount('after', after, 0)
    if (record.length > MAX_BYTES) throw tooLarge(record.length)
    for (const stored of values) checkStored(stored)
    const appended = await this.#lane.append(record, after, values)
    this.#scope.notifier.changed(this.#topic)
    return appended
  }

  async read(after: number, limit: number): Promise<readonly Entry[]> {
    this.#scope.check()
    checkCount('after', after, 0)
    checkCount('limit', limit, 1)
    return (await this.#scope.run<Row>(read, [this.#scope.realm, after, limit, PAGE_BYTES])).map(entryOf)
  }

  async tail(): Promise<number> {
    this.#scope.check()
    const [row] = await this.#scope.run<[number, boolean]>(tail, [this.#scope.realm])
    const [position, follows] = row as [number, boolean]
    if (follows) throw this.#standby()
    return position
  }

  async floor(): Promise<number> {
    this.#scope.check()
    const [row] = await this.#scope.run<[number]>(floor, [this.#scope.realm])
    return (row as [number])[0]
  }

  async subscribe(wake: () => void): Promise<AsyncDisposable> {
    this.#scope.check()
    checkFunction('wake', wake)
    return this.#scope.listen(this.#topic, wake, async () => String(await this.tail()))
  }

  async trim(below: number): Promise<void> {
    this.#scope.check()
    checkCount('below', below, 1)
    const { realm } = this.#scope
    if ((await this.#scope.count(raiseFloor, [realm, below])) > 0) this.#trims++
    while ((await this.#scope.count(removeBelow, [realm])) > 0) this.#scope.check()
    if (this.#trims < TRIMS) return
    this.#trims = 0
    this.#vacuum()
  }

  get #topic(): string {
    return `L${this.#scope.realm}`
  }

  /**
   * Makes the room of deleted entries free at once: left to itself PostgreSQL comes late, and reads crawl over what is dead. It
   * does not shorten the file, for which readers and appends would have to wait. Nobody waits for it, and one that takes longer than a call
   * may goes on in the server; where the role is not the
   * table's owner, PostgreSQL leaves it out.
   */
  #vacuum(): void {
    const { connection } = this.#scope
    void connection.attempt(`vacuum (truncate off) ${connection.schema}.log`)
  }

  #standby(): UnavailableError {
    const { settings, where } = this.#scope.connection
    return new UnavailableError(`"${settings.id}" at ${where} is a standby, which is behind its primary`, settings.id)
  }
}

function tooLarge(bytes: number): AvoutError {
  return new AvoutError(
    'invalid',
    'AVOUT_RECORD_SIZE',
    `a record of ${bytes} bytes: the log takes ${MAX_BYTES} at most`,
  )
}
