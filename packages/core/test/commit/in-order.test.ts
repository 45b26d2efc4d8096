import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InOrder } from '../../src/commit/in-order.js'

/** The queue and the array that it stands for are of one opinion. */
function same(queue: InOrder<object>, model: readonly object[]): void {
  expect(queue.size).toBe(model.length)
  expect(queue.first).toBe(model[0])
  expect([...queue]).toEqual(model)
}

const item = () => ({})

test('it is an array whose members leave from anywhere', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('push') },
    { weight: 4, arbitrary: fc.constant('first') },
    { weight: 2, arbitrary: fc.nat(6) },
    { weight: 1, arbitrary: fc.constant('unknown') },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const queue = new InOrder<object>()
      const model: object[] = []
      for (const step of steps) {
        if (step === 'push') {
          const pushed = item()
          queue.push(pushed)
          model.push(pushed)
        } else {
          const at = typeof step === 'number' ? step : 0
          const gone = step === 'unknown' ? item() : (model[at] ?? item())
          queue.delete(gone)
          if (model.includes(gone)) model.splice(model.indexOf(gone), 1)
        }
        same(queue, model)
      }
    }),
  )
})

test('thousands come and go in order', () => {
  const queue = new InOrder<object>()
  const model: object[] = []
  for (let i = 0; i < 5_000; i++) {
    const pushed = item()
    queue.push(pushed)
    model.push(pushed)
    // It grows to 1,000, and to 500 again, and leaves two of three from its front.
    for (let gone = i % 1_000 < 500 ? 0 : 2; gone > 0 && model.length > 0; gone--) {
      const at = gone === 1 && i % 3 === 0 ? Math.min(3, model.length - 1) : 0
      queue.delete(model[at] as object)
      model.splice(at, 1)
    }
    expect([queue.size, queue.first]).toEqual([model.length, model[0]])
    if (i % 97 === 0) same(queue, model)
  }
  for (const gone of model.splice(0)) queue.delete(gone)
  same(queue, [])
})

test('what is deleted twice, or was never there, changes nothing', () => {
  const queue = new InOrder<object>()
  const [a, b] = [item(), item()]
  queue.delete(a)
  queue.push(a)
  queue.push(b)
  queue.delete(b)
  queue.delete(b)
  same(queue, [a])
  queue.delete(a)
  queue.delete(a)
  same(queue, [])
  queue.push(b)
  same(queue, [b])
})

test('one that is gone through may lose members meanwhile', () => {
  const queue = new InOrder<object>()
  const items = Array.from({ length: 5 }, item)
  for (const pushed of items) queue.push(pushed)
  const met: object[] = []
  for (const member of queue) {
    met.push(member)
    if (member === items[1]) for (const i of [0, 2]) queue.delete(items[i] as object)
  }
  expect(met).toEqual([items[0], items[1], items[3], items[4]])
})
