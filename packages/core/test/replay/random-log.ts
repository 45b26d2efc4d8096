import fc from 'fast-check'
import type { Data } from '../../src/contracts/data.js'
import type { Expected, OperationSpec, TxSpec } from './history.js'
import type { FullRecord, Naive } from './naive.js'

const refs = ['/a', '/b', '/b/1', '/c'] as const

/** How an expectation was come by: an honest view of `s`, the newest there is and marked as it must be, or anything. */
const how = fc.record({
  ref: fc.constantFrom(...refs),
  kind: fc.constantFrom('view', 'view', 'view', 'newest', 'newest', 'newest', 'newest', 'newest', 'none', 'old'),
  flip: fc.nat(19).map((digit) => digit === 0),
  old: fc.nat(5),
})
type How = typeof how extends fc.Arbitrary<infer T> ? T : never

const bound = fc.option(fc.integer({ min: -2, max: 4 }))
const numbers = fc.oneof(
  fc.tuple(fc.constant('add'), fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.MAX_VALUE))),
  fc.tuple(fc.constant('add'), fc.tuple(fc.integer({ min: -3, max: 3 }), bound, bound)),
  fc.tuple(fc.constantFrom('max', 'min'), fc.integer({ min: -2, max: 4 })),
)
/** What it says of `s` is so, but for one in twenty. */
const operation = fc.record({
  ref: fc.constantFrom(...refs),
  initial: fc.integer({ min: 0, max: 2 }),
  lie: fc.nat(39),
  steps: fc.oneof(
    { weight: 5, arbitrary: fc.array(numbers, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant([['append', ['x']]] as [string, Data][]) },
  ),
})

const tx = fc.record({
  operations: fc.array(operation, { maxLength: 2 }),
  externals: fc.array(how, { maxLength: 1 }).map((some) => some.filter(({ old }) => old === 0)),
  id: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.constantFrom('pay', 'ship') }),
  reads: fc.array(how, { maxLength: 2 }),
  grants: fc.array(how, { maxLength: 1 }),
  writes: fc.array(how, { maxLength: 2 }),
  creates: fc.array(how, { maxLength: 1 }),
  deletes: fc.array(how, { maxLength: 1 }),
  ranges: fc.array(fc.tuple(how, fc.constantFrom('/a', '/b', '/b/0', '/c', '/d')), { maxLength: 1 }),
})
type RandomTx = typeof tx extends fc.Arbitrary<infer T> ? T : never

const record = fc.record({
  client: fc.constantFrom('a', 'b', 'c'),
  /** Its next number, mostly. */
  repeats: fc.nat(9).map((digit) => (digit < 8 ? 0 : digit - 7)),
  /** How far behind the log's end it was built; -1: in the future. */
  behind: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 }) },
    { weight: 1, arbitrary: fc.integer({ min: -1, max: 8 }) },
  ),
  isOfThisLog: fc.nat(12).map((digit) => digit > 0),
  txs: fc.array(fc.option(tx, { nil: undefined, freq: 8 }), { minLength: 1, maxLength: 4 }),
})

/** Entries, told without saying yet where the log will be when they are made. */
export const randomLog = fc.record({
  window: fc.integer({ min: 2, max: 7 }),
  entries: fc.array(
    fc.oneof(
      { weight: 10, arbitrary: fc.record({ kind: fc.constant('record' as const), record }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('again' as const), back: fc.nat(8) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 3 }) }),
      },
    ),
    { minLength: 10, maxLength: 30, size: 'max' },
  ),
})

export type RandomRecord = typeof record extends fc.Arbitrary<infer T> ? T : never

/** The record as a client would build it that knows what the model knows. */
export function build(
  random: RandomRecord,
  number: number,
  naive: Naive,
  hashOf: (n: number) => string,
  isLying: boolean,
): FullRecord {
  const s = Math.max(0, naive.position - random.behind)
  const version = (
    { kind, flip, old }: How,
    last: (position: number) => { version: string; position: number } | undefined,
  ) => {
    const at = kind === 'view' ? last(s) : kind === 'newest' ? last(naive.position) : undefined
    const id = kind === 'old' ? (naive.writes.at(-old)?.version ?? '') : (at?.version ?? '')
    const isMarked = (kind === 'newest' && at !== undefined && at.position > s) !== flip
    return isMarked ? `*${id}` : id
  }
  const expected = (random: How): Expected => [random.ref, version(random, (at) => naive.lastWrite(random.ref, at))]
  /** Not of what the transaction writes, and of each ref once. */
  const operated = ({ operations, writes, creates, deletes, externals }: RandomTx): OperationSpec[] => {
    const taken = new Set<string>([...writes, ...creates, ...deletes, ...externals].map(({ ref }) => ref))
    return operations.flatMap(({ ref, initial, lie, steps }) => {
      if (taken.has(ref)) return []
      taken.add(ref)
      const isOfNumbers = steps.every(([name]) => name !== 'append')
      const last = naive.lastWrite(ref, s)
      const exists = last?.exists === true
      const honest = isOfNumbers && exists ? (last.value ?? null) : null
      const attested = isOfNumbers && lie === 1 && isLying ? 3 : honest
      return [
        {
          ref,
          initial: isOfNumbers ? initial : [],
          existed: lie === 0 && isLying ? !exists : exists,
          attested,
          steps: steps as OperationSpec['steps'],
        },
      ]
    })
  }
  const full = (random: RandomTx): TxSpec => {
    const { id, reads, grants, writes, creates, deletes, ranges, externals } = random
    return {
      id,
      reads: reads.map(expected),
      grants: grants.map(expected),
      writes: writes.map(expected),
      creates: creates.map(expected),
      deletes: deletes.map(expected),
      ranges: ranges.map(([from, to]) => [from.ref, to, version(from, (at) => naive.lastChange(from.ref, to, at))]),
      externals: externals.map(expected),
      operations: operated(random),
    }
  }
  const txs = random.txs.map((tx) => (tx === undefined ? undefined : full(tx)))
  return { client: random.client, number, s, h: random.isOfThisLog ? hashOf(s) : 'another', txs }
}
