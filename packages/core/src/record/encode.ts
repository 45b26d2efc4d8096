import {
  type Expectation,
  FORMAT,
  type Operation,
  type RangeExpectation,
  type RealmRecord,
  type Send,
  type Transaction,
  type TransactionsRecord,
  type Write,
} from './record.js'
import { RecordWriter } from './record-writer.js'

/*
 * Records are JSON, so that every store and every person can read them.
 *
 *   { f: format, c: client, n: number, s, h, a?: the client's name, t: [transaction | 0, …], b: [homes] }
 *   transaction: [id, [ref, version, …], [write, …]] and, where there are any, { l: label, r: ranges, g: grants, o: operations, q: sends }
 *   write:       [ref, home's index, expected version, existence, value]; no value: [ref, home, version, existence, 0, exists]
 *   operation:   [ref, home's index, 0 | 1: it existed, initial value, its number at s | null, [name, version, argument], …]
 *   version:     the client's own without its name (".12.3"); a marked one begins with "*"
 */

/** A write together with the JSON of its value, which whoever made the value has at hand. */
export type EncodableWrite = Write & { readonly json: string | undefined }
export type EncodableTransaction = Transaction & { readonly writes: readonly EncodableWrite[] }
export type EncodableRecord = Omit<TransactionsRecord, 'transactions'> & {
  readonly transactions: readonly (EncodableTransaction | undefined)[]
}

const ASTERISK = 42
const COMMA = 44
const DOT = 46
const OPEN = 91
const CLOSE = 93

const writer = new RecordWriter()

export function encodeRealm(record: RealmRecord): Uint8Array {
  const { window, inlineLimit } = record
  return new TextEncoder().encode(JSON.stringify({ f: FORMAT, k: 'realm', window, inlineLimit }))
}

export function encodeTransactions(record: EncodableRecord): Uint8Array {
  const { client, name, number, s, h, transactions } = record
  writer.begin()
  writer.text(`{"f":${FORMAT},"c":"${client}","n":${number},"s":${s},"h":"${h}"`)
  if (name !== undefined) writer.text(`,"a":${JSON.stringify(name)}`)
  writer.text(',"t":[')
  const homes: string[] = []
  for (let i = 0; i < transactions.length; i++) {
    if (i > 0) writer.byte(COMMA)
    const transaction = transactions[i]
    if (transaction === undefined) writer.count(0)
    else writeTransaction(transaction, client, homes)
  }
  writer.text(`],"b":${JSON.stringify(homes)}}`)
  return writer.finish()
}

function writeTransaction(transaction: EncodableTransaction, client: string, homes: string[]): void {
  const { id, reads, writes } = transaction
  writer.byte(OPEN)
  writer.text(typeof id === 'number' ? String(id) : JSON.stringify(id))
  writer.byte(COMMA)
  writeExpectations(reads, client)
  writer.byte(COMMA)
  writer.byte(OPEN)
  for (let i = 0; i < writes.length; i++) {
    if (i > 0) writer.byte(COMMA)
    writeWrite(writes[i] as EncodableWrite, client, homes)
  }
  writer.byte(CLOSE)
  writeRest(transaction, client, homes)
  writer.byte(CLOSE)
}

function writeExpectations(expectations: readonly Expectation[], client: string): void {
  writer.byte(OPEN)
  for (let i = 0; i < expectations.length; i++) {
    if (i > 0) writer.byte(COMMA)
    const expectation = expectations[i] as Expectation
    writer.text(expectation.state.json)
    writer.byte(COMMA)
    writeVersion(expectation, client)
  }
  writer.byte(CLOSE)
}

function indexOf(home: string, homes: string[]): number {
  const at = homes.indexOf(home)
  return at < 0 ? homes.push(home) - 1 : at
}

function writeWrite(write: EncodableWrite, client: string, homes: string[]): void {
  const home = indexOf(write.home, homes)
  writer.byte(OPEN)
  writer.text(write.state.json)
  writer.byte(COMMA)
  writer.count(home)
  writer.byte(COMMA)
  writeVersion(write, client)
  writer.byte(COMMA)
  writer.count(write.existence)
  writer.byte(COMMA)
  if (write.json !== undefined) writer.text(write.json)
  else writer.text(write.exists ? '0,1' : '0,0')
  writer.byte(CLOSE)
}

/** A version holds no character that JSON escapes. */
function writeVersion({ version, marked }: { version: string; marked: boolean }, client: string): void {
  const start = ownPart(version, client)
  if (!marked) return writer.quoted(version, start)
  writer.byte(QUOTE)
  writer.byte(ASTERISK)
  writer.text(version, start)
  writer.byte(QUOTE)
}

const QUOTE = 34

/** What few transactions have. */
function writeRest({ label, ranges, grants, operations, sends }: Transaction, client: string, homes: string[]): void {
  if (label === undefined && ranges.length + grants.length + operations.length + sends.length === 0) return
  const rest = {
    l: label,
    r: someOf(ranges, (range: RangeExpectation) => [range.from, range.to, versionOf(range, client)]),
    g: someOf(grants, (grant: Expectation) => [grant.state.name, versionOf(grant, client)])?.flat(),
    o: someOf(operations, ({ state, home, existed, initial, attested, steps }: Operation) => [
      state.name,
      indexOf(home, homes),
      existed ? 1 : 0,
      initial,
      attested,
      ...steps.map(({ name, version, argument }) => [name, version, argument]),
    ]),
    q: someOf(sends, ({ agent, action, argument }: Send) =>
      argument === undefined ? [agent, action] : [agent, action, argument],
    ),
  }
  writer.byte(COMMA)
  writer.text(JSON.stringify(rest))
}

/** Where the part of a version begins that is not the client's own name. */
function ownPart(version: string, client: string): number {
  return version.charCodeAt(client.length) === DOT && version.startsWith(client) ? client.length : 0
}

function someOf<T, R>(items: readonly T[], encode: (item: T) => R): R[] | undefined {
  return items.length === 0 ? undefined : items.map(encode)
}

function versionOf({ version, marked }: { version: string; marked: boolean }, client: string): string {
  const short = version.slice(ownPart(version, client))
  return marked ? `*${short}` : short
}
