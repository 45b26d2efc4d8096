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

/*
 * Records are JSON, so that every store and every person can read them. This is the hot path of a commit: the text is put
 * together by hand from parts that are JSON already (names, values), which is about three times as fast as building the
 * arrays for JSON.stringify.
 *
 *   { f: format, c: client, n: number, s, h, a?: the client's name, b: [homes], t: [transaction | 0, …] }
 *   transaction: [id, [ref, version, …], [write, …]] and, where there are any, { l: label, r: ranges, g: grants, o: operations, q: sends }
 *   write:       [ref, home's index, expected version, existence, value]; no value: [ref, home, version, existence, 0, what]
 *   version:     the client's own without its name (".12.3"); a marked one begins with "*"
 */

const utf8 = new TextEncoder()

/** A write together with the JSON of its value, which whoever made the value has at hand. */
export type EncodableWrite = Write & { readonly json: string | undefined }
export type EncodableTransaction = Transaction & { readonly writes: readonly EncodableWrite[] }
export type EncodableRecord = Omit<TransactionsRecord, 'transactions'> & {
  readonly transactions: readonly (EncodableTransaction | undefined)[]
}

export function encodeRealm(record: RealmRecord): Uint8Array {
  const { window, inlineLimit } = record
  return utf8.encode(JSON.stringify({ f: FORMAT, k: 'realm', window, inlineLimit }))
}

export function encodeTransactions(record: EncodableRecord): Uint8Array {
  const homes: string[] = []
  let text = ''
  for (const transaction of record.transactions) {
    if (text !== '') text += ','
    text += transaction === undefined ? '0' : encodeTransaction(transaction, record.client, homes)
  }
  const head = `{"f":${FORMAT},"c":"${record.client}","n":${record.number},"s":${record.s},"h":"${record.h}"`
  const name = record.name === undefined ? '' : `,"a":${JSON.stringify(record.name)}`
  return utf8.encode(`${head}${name},"b":${JSON.stringify(homes)},"t":[${text}]}`)
}

function encodeTransaction(transaction: EncodableTransaction, client: string, homes: string[]): string {
  const { id, reads, writes } = transaction
  let text = typeof id === 'number' ? `[${id},[` : `[${JSON.stringify(id)},[`
  text += encodeExpectations(reads, client)
  text += '],['
  for (let i = 0; i < writes.length; i++) {
    if (i > 0) text += ','
    text += encodeWrite(writes[i] as EncodableWrite, client, homes)
  }
  const rest = encodeRest(transaction, client)
  return rest === '' ? `${text}]]` : `${text}],{${rest}}]`
}

function encodeExpectations(expectations: readonly Expectation[], client: string): string {
  let text = ''
  for (const expectation of expectations) {
    if (text !== '') text += ','
    text += `${quote(expectation.state.name)},"${encodeVersion(expectation, client)}"`
  }
  return text
}

function encodeWrite(write: EncodableWrite, client: string, homes: string[]): string {
  let home = homes.indexOf(write.home)
  if (home < 0) home = homes.push(write.home) - 1
  const head = `[${quote(write.state.name)},${home},"${encodeVersion(write, client)}",${write.existence}`
  if (write.data !== undefined) return `${head},${write.json}]`
  return write.exists ? `${head},0,1]` : `${head},0,0]`
}

/** A version holds no character that JSON escapes. */
function encodeVersion(expectation: { version: string; marked: boolean }, client: string): string {
  const { version, marked } = expectation
  const short = version.startsWith(client) ? version.slice(client.length) : version
  return marked ? `*${short}` : short
}

function encodeRest({ label, ranges, grants, operations, sends }: Transaction, client: string): string {
  const parts: string[] = []
  if (label !== undefined) parts.push(`"l":${JSON.stringify(label)}`)
  if (ranges.length > 0) parts.push(`"r":${JSON.stringify(ranges.map((range) => encodeRange(range, client)))}`)
  if (grants.length > 0) parts.push(`"g":[${encodeExpectations(grants, client)}]`)
  if (operations.length > 0) parts.push(`"o":${JSON.stringify(operations.map(encodeOperation))}`)
  if (sends.length > 0) parts.push(`"q":${JSON.stringify(sends.map(encodeSend))}`)
  return parts.join(',')
}

const encodeRange = (range: RangeExpectation, client: string) => [range.from, range.to, encodeVersion(range, client)]

const encodeOperation = ({ ref, home, name, argument, attested }: Operation) => [ref, home, name, argument, attested]

const encodeSend = ({ agent, action, argument }: Send) =>
  argument === undefined ? [agent, action] : [agent, action, argument]

/** The JSON of names is asked for again and again; most need no escape. */
const plain = /^[\w\-./:~@+ ]*$/

function quote(name: string): string {
  return plain.test(name) ? `"${name}"` : JSON.stringify(name)
}
