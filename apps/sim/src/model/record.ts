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

export interface ModelTransaction {
  readonly id: string | number
  readonly reads: readonly Expected[]
  readonly writes: readonly Written[]
  readonly ranges: readonly RangeRead[]
  /** Lock grants: judged as reads. */
  readonly grants: readonly Expected[]
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

export function readRecord(bytes: Uint8Array): ModelRecord {
  const fields = parse(bytes)
  if (fields === undefined) return { kind: 'nothing' }
  if (fields.k === 'realm') {
    return { kind: 'realm', window: fields.window as number, inlineLimit: fields.inlineLimit as number }
  }
  if (fields.k !== undefined) throw new Error(`the model knows no record of kind ${JSON.stringify(fields.k)}`)
  const client = fields.c as string
  const homes = fields.b as readonly string[]
  const transactions = (fields.t as readonly Json[]).map((raw) =>
    raw === 0 ? undefined : readTransaction(raw as readonly Json[], client, homes),
  )
  return {
    kind: 'transactions',
    client,
    number: fields.n as number,
    s: fields.s as number,
    h: fields.h as string,
    transactions,
  }
}

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

function readTransaction(raw: readonly Json[], client: string, homes: readonly string[]): ModelTransaction {
  const [id, reads, writes, rest] = raw as [string | number, Json[], Json[][], Record<string, Json[]>?]
  if (rest?.o !== undefined || rest?.q !== undefined) throw new Error('the model knows no operations and no sends')
  return {
    id,
    reads: readExpectations(reads, client),
    writes: writes.map((write) => readWrite(write, client, homes)),
    ranges: (rest?.r ?? []).map((range) => {
      const [from, to, text] = range as [string, string, string]
      return { from, to, ...readVersion(text, client) }
    }),
    grants: readExpectations(rest?.g ?? [], client),
  }
}

function readExpectations(flat: readonly Json[], client: string): Expected[] {
  const expectations: Expected[] = []
  for (let i = 0; i < flat.length; i += 2) {
    expectations.push({ ref: flat[i] as string, ...readVersion(flat[i + 1] as string, client) })
  }
  return expectations
}

/** [ref, home's index, expected version, 0 updates | 1 creates | 2 deletes, value] or […, 0, 0 deleted | 1 held elsewhere]. */
function readWrite(raw: readonly Json[], client: string, homes: readonly string[]): Written {
  const [ref, home, expected, existence, data, elsewhere] = raw as [string, number, string, number, Json, number?]
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

/** `client.number.i`, its own client's name left out; a star marks it. */
function readVersion(text: string, client: string): { version: string; marked: boolean } {
  const marked = text.startsWith('*')
  const version = marked ? text.slice(1) : text
  return { version: version.startsWith('.') ? client + version : version, marked }
}
