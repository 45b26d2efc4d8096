import { expect, test } from 'vitest'
import { History } from './history.js'

const CURSOR = '~agent-cursor:/a'

const send = (agent = '/a') => ({ agent, action: 'add', argument: 1 })

function all(log: History, queue: { ids: string[]; last: number; cursor: number }): void {
  expect(log.queues('/a')).toEqual([queue, queue, queue])
}

test('what valid transactions send waits in the order of the log, for who wrote it and for who only reads', () => {
  const log = new History(4)
  log.append({ txs: [{ sends: [send(), send('/b'), send()] }, undefined, { sends: [send()] }] })
  log.append({ client: 'b', txs: [{ creates: [['/x', '']], sends: [send()] }] })
  all(log, { ids: ['a.1.0:0', 'a.1.0:2', 'a.1.2:0', 'b.1.0:0'], last: 4, cursor: 0 })
})

test('what is invalid, and a copy of what was valid, sends nothing', () => {
  const log = new History(4)
  log.append({ txs: [{ creates: [['/x', '']] }] })
  expect(log.append({ client: 'b', s: 1, txs: [{ reads: [['/x', '']], sends: [send()] }] })).toEqual(['/x'])
  log.append({ client: 'b', txs: [{ sends: [send()] }] })
  log.append({ client: 'b', number: 2, txs: [{ sends: [send()] }] })
  all(log, { ids: ['b.2.0:0'], last: 1, cursor: 0 })
})

test('what the cursor has passed is forgotten, the rest stands; a cursor that is no number moves nothing', () => {
  const log = new History(8)
  log.append({ txs: [{ sends: [send(), send(), send()] }] })
  log.append({ txs: [undefined, undefined, { creates: [[CURSOR, '']] }] }) // to 2
  all(log, { ids: ['a.1.0:2'], last: 3, cursor: 2 })
  log.append({ txs: [{ deletes: [[CURSOR, 'a.2.2']] }] })
  all(log, { ids: ['a.1.0:2'], last: 3, cursor: 2 })
})

test('a cursor that is ahead of what was sent passes it as it comes, whenever the queue is first asked for', () => {
  const log = new History(8)
  log.append({ txs: [undefined, { creates: [[CURSOR, '']] }] }) // to 1
  log.append({ txs: [{ sends: [send(), send()] }] })
  all(log, { ids: ['a.2.0:1'], last: 2, cursor: 1 })
})

test('thousands come and go', () => {
  const log = new History(8)
  const many = Array.from({ length: 3_000 }, () => send())
  log.append({ txs: [{ sends: many }] })
  const places = Array.from({ length: 2_500 }, () => undefined)
  log.append({ txs: [...places, { creates: [[CURSOR, '']] }] }) // to 2,500
  expect(log.queues('/a').map(({ ids }) => [ids.length, ids[0], ids.at(-1)])).toEqual(
    Array(3).fill([500, 'a.1.0:2500', 'a.1.0:2999']),
  )
})
