import { afterEach, expect, it, vi } from 'vitest'
import { Deadlines } from '../src/deadlines.js'

afterEach(() => {
  vi.useRealTimers()
})

it('has one timer, whoever is given more time while others expire', () => {
  vi.useFakeTimers()
  const deadlines = new Deadlines()
  const expired: string[] = []
  const add = (name: string, ms: number, again = 0) => {
    const deadline = performance.now() + ms
    const expire = () => {
      expired.push(name)
      if (again > 0) add(name, again)
    }
    deadlines.add({ deadline, expire })
  }
  add('first', 10, 30)
  add('second', 20)
  vi.advanceTimersByTime(15)
  expect([expired, vi.getTimerCount()]).toEqual([['first'], 1])
  vi.advanceTimersByTime(10)
  expect([expired, vi.getTimerCount()]).toEqual([['first', 'second'], 1])
  vi.advanceTimersByTime(30)
  expect([expired, vi.getTimerCount()]).toEqual([['first', 'second', 'first'], 0])
})
