import fc from 'fast-check'
import { nameFault } from '../../src/api/names.js'
import type { EncodableRecord, EncodableTransaction, EncodableWrite } from '../../src/record/encode.js'
import { CREATES, DELETES, type Operation, type TransactionsRecord, UPDATES } from '../../src/record/record.js'
import type { RefStates } from '../../src/state/ref-state.js'
import { anyString, data } from '../values/arbitraries.js'

export const CLIENT = 'Zm9vYmFyYmF6cXV4MTIzNA'

/** Names and texts that have hurt somebody. */
const hostile = [
  '',
  '*',
  '.',
  '.1.0',
  '~',
  '"',
  '\\',
  '\u2028',
  '\u0000',
  '\uD800',
  'é',
  '😀',
  '__proto__',
  'constructor',
]
export const text = fc.oneof(fc.string(), anyString, fc.string({ unit: 'binary' }), fc.constantFrom(...hostile))

/** Names that refs may have: any text that UTF-8 can carry, without NUL. */
const refName = fc
  .oneof(fc.string({ minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom(...hostile))
  .filter((name) => nameFault(name) === undefined)

const otherClient = fc.constantFrom('other', `${CLIENT}0`, `0${CLIENT}`, CLIENT.slice(0, -1), '-_-')
const version = fc.oneof(
  fc.constant(''),
  fc.tuple(fc.nat(), fc.nat(99)).map(([number, i]) => `${CLIENT}.${number}.${i}`),
  fc.tuple(otherClient, fc.nat(), fc.nat(99)).map(([client, number, i]) => `${client}.${number}.${i}`),
)
/** Plain objects, as JSON makes them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true })
const optionally = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((n) => n + 0)
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { minLength: 1, maxLength: 3 })
const list = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 3 })

/** Records as their own client has them, about refs of `states`. */
export function anyRecord(states: RefStates): fc.Arbitrary<EncodableRecord> {
  const state = refName.map((name) => states.of(name))
  const expectation = record({ state, version, marked: fc.boolean() })
  const write: fc.Arbitrary<EncodableWrite> = fc
    .tuple(expectation, text, optionally(data), fc.constantFrom('value', 'value', 'external', 'none'), fc.boolean())
    .map(([expected, home, value = null, kind, changes]) => {
      const exists = kind !== 'none'
      const existence = changes ? (exists ? CREATES : DELETES) : UPDATES
      const inline = kind === 'value' ? value : undefined
      return {
        ...expected,
        home,
        existence,
        exists,
        data: inline,
        json: inline === undefined ? undefined : JSON.stringify(inline),
      }
    })
  const numbers = record({
    attested: fc.option(number),
    initial: number,
    steps: some(
      fc.oneof(
        record({ name: fc.constantFrom('add', 'max', 'min'), version: fc.constant(0), argument: number }),
        record({
          name: fc.constant('add'),
          version: fc.constant(0),
          argument: fc.tuple(number, fc.option(number), fc.option(number)),
        }),
      ),
    ),
  })
  const others = record({
    attested: fc.constant(null),
    initial: data,
    steps: some(
      fc.oneof(
        record({ name: fc.constantFrom('append', 'union'), version: fc.constant(0), argument: list(data) }),
        record({ name: text, version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), argument: data }),
      ),
    ),
  })
  /** Of a ref that no other transaction here is likely to write. */
  const operation: fc.Arbitrary<Operation> = fc
    .tuple(record({ home: text, existed: fc.boolean() }), fc.oneof(numbers, others))
    .map(([common, rest]) => ({ state: states.of('/operated'), ...common, ...rest }))
  const transaction: fc.Arbitrary<EncodableTransaction> = record({
    id: fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER), text),
    label: optionally(text),
    reads: list(expectation),
    writes: list(write),
    ranges: list(record({ from: text, to: text, version, marked: fc.boolean() })),
    grants: list(expectation),
    operations: optionally(operation).map((some) => (some === undefined ? [] : [some])),
    sends: list(record({ agent: text, action: text, argument: optionally(data) })),
  })
  return record({
    kind: fc.constant('transactions' as const),
    client: fc.constant(CLIENT),
    name: optionally(text),
    number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    s: fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)),
    h: fc.constantFrom('', 'AAAAAAAAAAAAAAAAAAAAAA', '-_-_-_-_-_-_-_-_-_-_-w'),
    transactions: fc.array(optionally(transaction), { maxLength: 4 }),
  })
}

/** The record without what only its own client has, the JSON of values: fit to be compared with what is read. */
export function comparable({ transactions, ...rest }: EncodableRecord): TransactionsRecord {
  const bare = ({ json: _json, ...write }: EncodableWrite) => write
  return {
    ...rest,
    transactions: transactions.map((tx) => (tx === undefined ? undefined : { ...tx, writes: tx.writes.map(bare) })),
  }
}
