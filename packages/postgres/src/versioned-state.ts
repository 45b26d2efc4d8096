import type { At, Data, Head, Stored, VersionedStateContainer, VersionedStates } from '@avout/core/backend'
import { arrayLiteral } from './array-literal.js'
import { checkData, checkName, checkString } from './check.js'
import { checkSize, encode, MAX_BYTES } from './json.js'
import type { Scope } from './scope.js'
import { repeatable } from './statement.js'

/** What one statement takes: keys, and bytes of their values. */
const MOST_KEYS = 2000
const MOST_BYTES = 8 * 1024 * 1024

const KEYS = 'unnest($2::text[], $3::text[]) with ordinality as t (version, ref, i)'

const get = repeatable('get', (s) => `select value from ${s}.versions where realm = $1 and version = $2 and ref = $3`)
const set = repeatable(
  'set',
  (s) => `insert into ${s}.versions (realm, version, ref, value) values ($1, $2, $3, $4::jsonb) on conflict do nothing`,
)
const remove = repeatable('delete', (s) => `delete from ${s}.versions where realm = $1 and version = $2 and ref = $3`)
const destroy = repeatable('destroy', (s) => `delete from ${s}.versions where realm = $1 and ref = $2`)

const getMany = repeatable(
  'get-many',
  (s) => `select t.i, v.value from ${KEYS} join ${s}.versions v
    on v.realm = $1 and v.version = t.version collate "C" and v.ref = t.ref collate "C"`,
)
// In the order of the keys: two who write the same keys in different orders would wait for each other. Answers who lost.
const setMany = repeatable(
  'set-many',
  (s) => `with t as (
      select *, row_number() over (partition by version, ref order by i) as turn
      from unnest($2::text[], $3::text[], $4::jsonb[]) with ordinality as t (version, ref, value, i)
    ), won as (
      insert into ${s}.versions (realm, version, ref, value)
      select $1, version, ref, value from t where turn = 1 order by version collate "C", ref collate "C"
      on conflict do nothing returning version, ref
    )
    select t.i from t where t.turn > 1 or not exists (
      select from won where won.version = t.version collate "C" and won.ref = t.ref collate "C"
    )`,
)
const deleteMany = repeatable(
  'delete-many',
  (s) => `with locked as (
      select v.version, v.ref from ${s}.versions v join ${KEYS}
        on v.realm = $1 and v.version = t.version collate "C" and v.ref = t.ref collate "C"
      order by v.version, v.ref for update of v
    )
    delete from ${s}.versions v using locked l where v.realm = $1 and v.version = l.version and v.ref = l.ref`,
)
const setCurrent = repeatable(
  'set-current',
  (s) => `insert into ${s}.heads as h (realm, ref, version, position, value)
    select distinct on (t.ref collate "C") $1, t.ref, t.version, t.position, t.value
    from unnest($2::text[], $3::text[], $4::bigint[], $5::jsonb[]) as t (ref, version, position, value)
    order by t.ref collate "C", t.position desc
    on conflict (realm, ref) do update
      set version = excluded.version, position = excluded.position, value = excluded.value
      where h.position < excluded.position`,
)

/** Throws a `TypeError` for an entry that is none. What is in the names is looked at once for all, in `arrayLiteral`. */
export function checkStored({ ref, version, value }: Stored): void {
  checkAt(ref, version)
  checkData('value', value)
}

function checkAt(ref: unknown, version: unknown): void {
  if (typeof ref !== 'string' || ref === '') throw new TypeError('ref must be a string that is not empty')
  if (typeof version !== 'string') throw new TypeError('version must be a string')
}

/** The JSON of a value, if it may be stored. */
function jsonOf(value: Data): string {
  checkData('value', value)
  const json = encode(value)
  // An envelope is larger than what it holds; only who is near the limit is looked at more closely.
  if (json.length > MAX_BYTES / 4) checkSize(value)
  return json
}

/** A session's view of a realm's versioned values: rows of `jsonb` under version and ref. */
export class PostgresVersions implements VersionedStates {
  readonly maxBytes = MAX_BYTES
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  check(value: Data): void {
    checkSize(value)
  }

  container(ref: string): VersionedStateContainer {
    const scope = this.#scope
    scope.check()
    checkName('ref', ref)
    const at = (version: string) => {
      scope.check()
      checkString('version', version)
      return [scope.realm, version, ref]
    }
    return {
      // Every ref is in the same table.
      initVersionedStateContainer: async () => scope.check(),
      destroyVersionedStateContainer: async () => {
        scope.check()
        await scope.run(destroy, [scope.realm, ref])
      },
      getStateAt: async (version) => (await scope.run<[Data]>(get, at(version)))[0]?.[0],
      setStateAt: async (value, version) => (await scope.count(set, [...at(version), jsonOf(value)])) === 1,
      deleteStateAt: async (version) => {
        await scope.run(remove, at(version))
      },
    }
  }

  async getMany(keys: readonly At[]): Promise<readonly (Data | undefined)[]> {
    this.#scope.check()
    // Filled, for a caller's `map` would leave out what is not even there.
    const values = new Array<Data | undefined>(keys.length).fill(undefined)
    for (let from = 0; from < keys.length; from += MOST_KEYS) {
      const some = keys.slice(from, from + MOST_KEYS)
      const rows = await this.#scope.run<[number, Data]>(getMany, [this.#scope.realm, ...this.#keys(some)])
      for (const [i, value] of rows) values[from + i - 1] = value
    }
    return values
  }

  async setMany(entries: readonly Stored[]): Promise<readonly boolean[]> {
    this.#scope.check()
    const won = new Array<boolean>(entries.length).fill(true)
    const values = entries.map(({ value }) => jsonOf(value))
    for (let from = 0; from < entries.length; ) {
      const to = endOfBatch(values, from)
      const keys = this.#keys(entries.slice(from, to))
      const some = arrayLiteral(values.slice(from, to))
      for (const [i] of await this.#scope.run<[number]>(setMany, [this.#scope.realm, ...keys, some])) {
        won[from + i - 1] = false
      }
      from = to
    }
    return won
  }

  async deleteMany(keys: readonly At[]): Promise<void> {
    this.#scope.check()
    for (let from = 0; from < keys.length; from += MOST_KEYS) {
      await this.#scope.run(deleteMany, [this.#scope.realm, ...this.#keys(keys.slice(from, from + MOST_KEYS))])
    }
  }

  async setCurrent(heads: readonly Head[]): Promise<void> {
    this.#scope.check()
    const values = heads.map(({ value }) => (value === undefined ? '' : jsonOf(value)))
    for (let from = 0; from < heads.length; ) {
      const to = endOfBatch(values, from)
      const some = heads.slice(from, to)
      const [versions, refs] = this.#keys(some)
      const positions = `{${some.map(({ position }) => position).join()}}`
      const nulls = values.slice(from, to).map((json) => (json === '' ? 'NULL' : arrayLiteral([json]).slice(1, -1)))
      await this.#scope.run(setCurrent, [this.#scope.realm, refs, versions, positions, `{${nulls.join()}}`])
      from = to
    }
  }

  #keys(keys: readonly At[]): [versions: string, refs: string] {
    for (const { ref, version } of keys) checkAt(ref, version)
    return [arrayLiteral(keys.map(({ version }) => version)), arrayLiteral(keys.map(({ ref }) => ref))]
  }
}

/** Where the batch that begins at `from` ends. */
function endOfBatch(values: readonly string[], from: number): number {
  let bytes = 0
  let to = from
  while (to < values.length && to - from < MOST_KEYS) {
    bytes += (values[to] as string).length
    if (to > from && bytes > MOST_BYTES) break
    to++
  }
  return to
}
