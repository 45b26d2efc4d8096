import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visible } from '../../src/commit/overlay.js'
import { History } from './history.js'
import { type FullRecord, Naive } from './naive.js'
import { build, randomLog } from './random-log.js'

const REFS = ['/a', '/b', '/b/1', '/c']

/** Plays a log to the replicas and to the model; `each` is called after every entry. */
function play({ window, entries }: RandomLog, each: (history: History, naive: Naive) => void, isLying = true): number {
  const history = new History(window)
  const naive = new Naive(window)
  naive.setHash(1, history.hashOf(1))
  const records: FullRecord[] = []
  const numbers = new Map<string, number>()
  let valid = 0
  for (const entry of entries) {
    let record: FullRecord | undefined
    if (entry.kind === 'record') {
      const { client, repeats } = entry.record
      const next = (numbers.get(client) ?? 0) + 1
      if (repeats === 0) numbers.set(client, next)
      record = build(entry.record, Math.max(1, next - repeats), naive, (n) => history.hashOf(n), isLying)
    } else if (entry.kind === 'again') record = records.at(-1 - entry.back)
    const verdicts = naive.judge(record)
    if (record === undefined) history.put(entry.kind === 'bytes' ? entry.bytes : new Uint8Array())
    else {
      records.push(record)
      expect(history.append(record).map((verdict) => verdict === 'valid')).toEqual(verdicts)
    }
    valid += verdicts.filter(Boolean).length
    naive.setHash(naive.position, history.hashOf(naive.position))
    each(history, naive)
  }
  return valid
}

type RandomLog = typeof randomLog extends fc.Arbitrary<infer T> ? T : never

test('verdicts and heads are what the whole history says, by definition', { timeout: 30_000 }, () => {
  let valid = 0
  fc.assert(
    fc.property(randomLog, (log) => {
      valid += play(log, (history, naive) => {
        for (const ref of REFS) {
          const last = naive.lastWrite(ref, naive.position)
          expect(history.head(ref)).toBe(last?.version ?? '')
          if (last?.value !== undefined) expect(history.value(ref)).toBe(last.value)
        }
      })
    }),
    { numRuns: 200 },
  )
  expect(valid).toBeGreaterThan(800) // or nothing was tested
})

test('where clients attest what is so, what operations come to is what they did one after the other', {
  timeout: 30_000,
}, () => {
  let operated = 0
  fc.assert(
    fc.property(randomLog, (log) => {
      play(
        log,
        (history, naive) => {
          for (const ref of REFS) {
            const last = naive.lastWrite(ref, naive.position)
            if (last?.value !== undefined) {
              expect(history.value(ref)).toBe(last.truth)
              operated++
            }
          }
        },
        false,
      )
    }),
    { numRuns: 200 },
  )
  expect(operated).toBeGreaterThan(1_000)
})

test('every view that is not forgotten is served from the chains', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(randomLog, fc.nat(5), (log, age) => {
      play(log, (history, naive) => {
        const oldest = Math.max(0, naive.position - age)
        history.own.forget(oldest)
        const from = Math.max(oldest, naive.position - naive.window)
        for (let position = from; position <= naive.position; position++) {
          for (const ref of REFS) {
            const version = visible(history.own.states.of(ref).head, { position, order: 0 })
            expect(version?.id).toBe(naive.lastWrite(ref, position)?.version ?? '')
          }
        }
      })
    }),
    { numRuns: 200 },
  )
})
