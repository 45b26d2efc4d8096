import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Progress } from '../src/progress.js'
import { type Assignment, inMemory, onFour } from '../src/stores/assignment.js'
import { Tally } from '../src/tally.js'
import { Text } from './text.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const side = {
  counts: 7,
  token: 9,
  letters: 94,
  scores: { 'desk-1': { paid: 40, rejected: 9, last: '' }, 'desk-2': { paid: 55, rejected: 1, last: '' } },
}
const tally = Object.assign(new Tally(), { transactions: 300, shipped: 90, rejected: 10, paid: 95, reruns: 4 }, side)
const line = '100/240 orders · 95 paid · 90 shipped · 10 rejected · 300 transactions (300/s) · 4 run again'
const below = 'atom: desk-2 leads with 55 · lock: till counted 7 times, token 9 · agent: 94 letters'

test('elsewhere than on a terminal: two lines a second, and at the end', () => {
  const out = new Text()
  const progress = new Progress(out, tally, 240, inMemory)
  vi.advanceTimersByTime(1_000)
  expect(out.text).toBe(`${line}\n${below}\n`)
  progress.say('sold out: NUT')
  vi.advanceTimersByTime(1_000)
  progress[Symbol.dispose]()
  vi.advanceTimersByTime(5_000)
  const later = [line.replace('300/s', '150/s'), below]
  expect(out.text.split('\n')).toEqual([line, below, 'sold out: NUT', ...later, ...later, ''])
})

test('on a terminal: two lines rewritten, others above them', () => {
  const out = new Text(true)
  const progress = new Progress(out, tally, 240, inMemory)
  vi.advanceTimersByTime(1_000)
  progress.say('sold out: NUT')
  progress[Symbol.dispose]()
  const both = `${line}\n\x1b[2K${below}\x1b[A`
  expect(out.text.split('\r\x1b[2K').slice(-3)).toEqual(['sold out: NUT\n', both, `${both}\n\n`])
})

test('says where each part is kept', () => {
  const lineOf = (assignment: Assignment, columns?: number) => {
    const out = new Text(columns !== undefined, columns)
    new Progress(out, tally, 240, assignment)[Symbol.dispose]()
    return out.text.replace('\r\x1b[2K', '').split('\n')[0]
  }
  const four = 'postgres: 100/240 orders · mongo: 95 paid · redis: stock · zookeeper: log'
  expect(lineOf(onFour)).toContain(`${four} · 90 shipped · 10 rejected · `)
  expect(lineOf({ log: 'redis', stock: 'redis', orders: 'redis', payments: 'redis' })).toContain(
    '100/240 orders · 95 paid · all in redis · 90 shipped',
  )
  // What would wrap could not be rewritten in place.
  expect(lineOf(onFour, 100)).toBe(`${four} · 90 shipped`)
  expect(lineOf(onFour, 60)).toBe('postgres: 100/240 orders · mongo: 95 paid · redis: stock')
  expect(lineOf(onFour, 12)).toBe('postgres: 1')
})
