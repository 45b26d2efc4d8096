import { Random } from '@avout/core/testing'
import { describe, expect, it } from 'vitest'
import { checkHistory } from '../../src/history/index.js'
import { atSnapshotLevel, type Flaw, runReferenceStore } from './support/reference-store.js'

const LENGTH = 40
const run = (seed: number, flaw: Flaw) => runReferenceStore(new Random(seed), flaw, LENGTH)

/** The names of what is found in the first 100 histories of a store, and the first seed that shows something. */
function search(flaw: Flaw) {
  const found = new Set<string>()
  let first: number | undefined
  for (let seed = 1; seed <= 100; seed++) {
    for (const { name } of checkHistory(run(seed, flaw)).anomalies) {
      found.add(name)
      first ??= seed
    }
  }
  return { found: [...found], first }
}

describe('histories of small stores', () => {
  it('are good where the store is', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const { anomalies, dependencies } = checkHistory(run(seed, 'none'))
      expect({ seed, anomalies }).toEqual({ seed, anomalies: [] })
      expect(dependencies).toBeGreaterThan(10)
    }
  })

  it('are good at the level of snapshot isolation where the store keeps that', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const { anomalies } = checkHistory(atSnapshotLevel(run(seed, 'snapshot isolation')))
      expect({ seed, anomalies }).toEqual({ seed, anomalies: [] })
    }
  })

  it.each([
    ['snapshot isolation', 'G2-item'],
    ['stale', 'G-single-realtime'],
    ['lost', 'G-single-realtime'],
    ['duplicate', 'duplicate-elements'],
    ['aborted', 'G1a'],
    ['reordered', 'incompatible-order'],
    ['read committed', 'G-single'],
    ['intermediate', 'G1b'],
  ] as [Flaw, string][])('show that a store is broken: %s', (flaw, name) => {
    const { found, first } = search(flaw)
    expect(found).toContain(name)
    expect(first).toBeLessThan(20)
  })
})
