/*
 * The log's records, read anew from their bytes and from the design's text: nothing here may come from core, or a mistake there
 * would be made here too.
 */

export interface Expected {
  readonly ref: string
  readonly version: string
  readonly marked: boolean
}

export interface Written extends Expected {
  readonly home: string
  readonly exists: boolean
  readonly creates: boolean
  readonly deletes: boolean
  /** The value's JSON as a value; undefined for a deletion and for a value that is in its container alone. */
  readonly data: unknown
}

export interface RangeRead {
  readonly from: string
  readonly to: string
  readonly version: string
  readonly marked: boolean
}

/** Operations of a transaction on one ref, in order. */
export interface Operated {
  readonly ref: string
  readonly home: string
  readonly existed: boolean
  readonly initial: unknown
  readonly attested: number | null
  readonly steps: readonly OperationStep[]
}

export interface OperationStep {
  readonly name: string
  readonly version: number
  readonly argument: unknown
}

export interface ModelTransaction {
  readonly id: string | number
  readonly reads: readonly Expected[]
  readonly writes: readonly Written[]
  readonly ranges: readonly RangeRead[]
  /** Lock grants: judged as reads. */
  readonly grants: readonly Expected[]
  readonly operations: readonly Operated[]
  readonly sends: readonly { readonly agent: string; readonly action: string; readonly argument: unknown }[]
}

export type ModelRecord =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'realm'; readonly window: number; readonly inlineLimit: number }
  | {
      readonly kind: 'transactions'
      readonly client: string
      readonly number: number
      readonly s: number
      readonly h: string
      readonly transactions: readonly (ModelTransaction | undefined)[]
    }

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Bytes that are no record of ours count for nothing, wholly. */
class Malformed extends Error {}

function must(condition: boolean): void {
  if (!condition) throw new Malformed()
}

export function readRecord(bytes: Uint8Array): ModelRecord {
  const fields = parse(bytes)
  if (fields === undefined) return { kind: 'nothing' }
  try {
    return fields.k === undefined ? readTransactions(fields) : readRealm(fields)
  } catch (error) {
    if (error instanceof Malformed) return { kind: 'nothing' }
    throw error
  }
}

function readRealm({ k, window, inlineLimit }: { readonly [key: string]: Json }): ModelRecord {
  if (k !== 'realm') throw new Error(`the model knows no record of kind ${JSON.stringify(k)}`)
  must(isCount(window) && window !== 0 && isCount(inlineLimit))
  return { kind: 'realm', window: window as number, inlineLimit: inlineLimit as number }
}

function readTransactions({ c, n, s, h, b, t }: { readonly [key: string]: Json }): ModelRecord {
  must(isText(c) && c !== '' && isCount(n) && isCount(s) && isText(h))
  must(Array.isArray(b) && b.every(isText) && Array.isArray(t))
  const client = c as string
  const transactions = (t as Json[]).map((raw) =>
    raw === 0 ? undefined : readTransaction(raw, client, b as readonly string[]),
  )
  return { kind: 'transactions', client, number: n as number, s: s as number, h: h as string, transactions }
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

/** Undefined for a filler and for bytes that are no record of ours. */
function parse(bytes: Uint8Array): { readonly [key: string]: Json } | undefined {
  if (bytes.length === 0) return undefined
  let parsed: Json
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined // planted by a foreign writer
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const fields = parsed as { readonly [key: string]: Json }
  return fields.f === 1 ? fields : undefined
}

function readTransaction(raw: Json | undefined, client: string, homes: readonly string[]): ModelTransaction {
  must(Array.isArray(raw) && (raw.length === 3 || raw.length === 4))
  const [id, reads, writes, rest] = raw as [string | number, Json, Json[], Record<string, Json[]>?]
  must((isText(id) || isCount(id)) && Array.isArray(writes))
  return {
    id,
    reads: readExpectations(reads, client),
    writes: writes.map((write) => readWrite(write, client, homes)),
    ranges: (rest?.r ?? []).map((range) => readRange(range, client)),
    grants: readExpectations(rest?.g ?? [], client),
    operations: (rest?.o ?? []).map((operation) => readOperation(operation, homes)),
    sends: (rest?.q ?? []).map(readSend),
  }
}

function readExpectations(flat: Json, client: string): Expected[] {
  must(Array.isArray(flat) && flat.length % 2 === 0)
  const list = flat as readonly Json[]
  const expectations: Expected[] = []
  for (let i = 0; i < list.length; i += 2) {
    must(isText(list[i]))
    expectations.push({ ref: list[i] as string, ...readVersion(list[i + 1], client) })
  }
  return expectations
}

/** [ref, home's index, expected version, 0 updates | 1 creates | 2 deletes, value] or […, 0, 0 deleted | 1 held elsewhere]. */
function readWrite(raw: Json, client: string, homes: readonly string[]): Written {
  must(Array.isArray(raw) && (raw.length === 5 || raw.length === 6))
  const [ref, home, expected, existence, data, elsewhere] = raw as [string, number, string, number, Json, number?]
  must(isText(ref) && homes[home] !== undefined && [0, 1, 2].includes(existence))
  must(elsewhere === undefined || (data === 0 && (elsewhere === 0 || elsewhere === 1)))
  return {
    ref,
    home: homes[home] as string,
    ...readVersion(expected, client),
    exists: elsewhere !== 0,
    creates: existence === 1,
    deletes: existence === 2,
    data: elsewhere === undefined ? data : undefined,
  }
}

/** [ref, home's index, 0 | 1: it was there, initial value, its number | null, [name, version, argument], …]. */
function readOperation(raw: Json, homes: readonly string[]): Operated {
  must(Array.isArray(raw) && raw.length > 5)
  const [ref, home, existed, initial, attested, ...steps] = raw as [
    string,
    number,
    number,
    Json,
    number | null,
    ...Json[],
  ]
  must(isText(ref) && homes[home] !== undefined && [0, 1].includes(existed))
  must(attested === null || typeof attested === 'number')
  return {
    ref,
    home: homes[home] as string,
    existed: existed === 1,
    initial,
    attested,
    steps: steps.map((step) => {
      must(Array.isArray(step) && step.length === 3 && isText(step[0] as Json) && isCount(step[1]))
      const [name, version, argument] = step as [string, number, Json]
      return { name, version, argument }
    }),
  }
}

function readRange(raw: Json, client: string): RangeRead {
  must(Array.isArray(raw) && raw.length === 3)
  const [from, to, version] = raw as [string, string, Json]
  must(isText(from) && isText(to))
  return { from, to, ...readVersion(version, client) }
}

function readSend(raw: Json): ModelTransaction['sends'][number] {
  must(Array.isArray(raw) && (raw.length === 2 || raw.length === 3))
  const [agent, action, argument] = raw as [string, string, Json?]
  must(isText(agent) && isText(action))
  return { agent, action, argument }
}

/** `client.number.i`, its own client's name left out; a star marks it. */
function readVersion(text: Json | undefined, client: string): { version: string; marked: boolean } {
  must(isText(text))
  const marked = (text as string).startsWith('*')
  const version = marked ? (text as string).slice(1) : (text as string)
  return { version: version.startsWith('.') ? client + version : version, marked }
}
