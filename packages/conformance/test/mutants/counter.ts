import type { Counter } from '@avout/core/backend'
import { type Mutant, mutant, pause, shared } from './mutant.js'

const ofCounter = (name: string, caughtBy: string, make: () => (counter: Counter, key: string) => Partial<Counter>) =>
  mutant(name, caughtBy, () => {
    const change = make()
    return (session, realm) => ({
      counter: (name) => {
        const counter = session.counter(name)
        return { ...counter, ...change(counter, `${realm} ${name}`) }
      },
    })
  })

const named = (name: string, caughtBy: string, rename: (name: string) => string): Mutant =>
  mutant(name, caughtBy, () => (session) => ({ counter: (name) => session.counter(rename(name)) }))

export const counters: readonly Mutant[] = [
  ofCounter('next answers the number before', 'counter/begins', () => (counter) => ({
    next: async (n = 1) => (await counter.next(n)) - n,
  })),
  ofCounter('a range counts as one', 'counter/unique', () => (counter) => ({
    next: async (n = 1) => (await counter.next(1)) + n - 1,
  })),
  ofCounter('read, then written', 'counter/unique', () => {
    const standing = shared(() => ({ value: 0 }))
    return (_, key) => ({
      next: async (n = 1) => {
        const counter = standing(key)
        const next = counter.value + n
        await pause(0)
        counter.value = next
        return next
      },
      current: async () => standing(key).value,
    })
  }),
  ofCounter('each client counts in blocks of its own', 'counter/monotonic', () => {
    const blocksOf = shared(() => ({ next: 0 }))
    return (_, key) => {
      let last = 0
      let end = 0
      return {
        next: async (n = 1) => {
          if (last + n > end) {
            last = blocksOf(key).next
            end = last + 100
            blocksOf(key).next = end
          }
          last += n
          return last
        },
      }
    }
  }),
  ofCounter('a current number that was read before', 'counter/monotonic', () => (counter) => {
    let known: number | undefined
    return {
      current: async () => {
        known ??= await counter.current()
        return known
      },
    }
  }),
  named('names without their case', 'counter/names', (name) => name.toLowerCase()),
  named('names without space around them', 'counter/names', (name) => name.trim() || name),
  named('names in one normal form', 'counter/names', (name) => name.normalize('NFC')),
  named('names cut at 255 characters', 'counter/names', (name) => name.slice(0, 255)),
  named('names with slashes put right', 'counter/names', (name) => name.replace(/\/+/g, '/').replace(/\/$/, '')),
]
