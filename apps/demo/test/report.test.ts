import { expect, test } from 'vitest'
import { audit } from '../src/audit.js'
import { report } from '../src/report.js'
import { Tally } from '../src/tally.js'
import { goodEvidence } from './evidence.js'

test('says what was done, what is left and that the audit passed', () => {
  const evidence = goodEvidence()
  const tally = Object.assign(new Tally(), { transactions: 500, conflicts: 7, reruns: 6, shipped: 2, rejected: 1 })
  const text = report(evidence, audit(evidence), tally, 2)
  expect(text).toMatch(/NUT +5 +5 +0 +3\n/)
  expect(text).toMatch(/orders +3 of 4: interrupted/)
  expect(text).toMatch(/transactions\/s +250\n/)
  expect(text).toMatch(/conflicts +7\n/)
  expect(text).toContain('audit passed')
  expect(text).not.toContain('FAIL')
})

test('a failed audit names the check and its first faults', () => {
  const evidence = goodEvidence()
  evidence.sightings.faults.push(...Array.from({ length: 8 }, (_, n) => `fault ${n}`))
  const text = report(evidence, audit(evidence), new Tally(), 1)
  expect(text).toContain('FAIL the watcher saw each change once, in order\n       fault 0\n')
  expect(text).toContain('and 3 more\n')
  expect(text).toContain('audit FAILED: 1 of 7 checks')
})
