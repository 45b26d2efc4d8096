import fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstPresent, lastPresent } from '../../src/log/search.js'

const counting = (present: (number: number) => boolean) => {
  const probes = { count: 0 }
  const probe = async (numbers: readonly number[]) => {
    probes.count++
    return numbers.map(present)
  }
  return { probe, probes }
}

it('finds the last of dense numbers, with few probes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(2_000_000), fc.nat(2_000_000), async (a, b) => {
      const [from, last] = a < b ? [a, b] : [b, a]
      const { probe, probes } = counting((number) => number <= last)
      expect(await lastPresent(from, probe)).toBe(last)
      expect(probes.count).toBeLessThan(12)
    }),
  )
})

it('finds one that is there before one that is not, where there are gaps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(5000), { maxLength: 300 }), async (numbers) => {
      const present = new Set([0, ...numbers])
      const found = await lastPresent(0, counting((number) => present.has(number)).probe)
      expect(present.has(found) && !present.has(found + 1)).toBe(true)
    }),
  )
})

it('finds the first of what is there up to an end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), async (a, b) => {
      const [first, end] = a < b ? [a, b] : [b, a]
      const { probe, probes } = counting((number) => number >= first)
      expect(await firstPresent(end, probe)).toBe(first)
      expect(probes.count).toBeLessThan(7)
    }),
  )
})
