import { expect, test } from 'vitest'
import { audit, auditSeen } from '../src/audit.js'
import { report } from '../src/report.js'
import { Tally } from '../src/tally.js'
import { goodEvidence } from './evidence.js'

test('says what was done, what is left and that the audit passed', () => {
  const evidence = goodEvidence()
  const tally = Object.assign(new Tally(), { transactions: 500, conflicts: 7, reruns: 6, shipped: 2, rejected: 1 })
  const text = report(evidence, [{ title: 'audit', checks: audit(evidence) }], tally, 2)
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
  const text = report(evidence, [{ title: 'audit', checks: audit(evidence) }], new Tally(), 1)
  expect(text).toContain('FAIL the watcher saw each change once, in order\n       fault 0\n')
  expect(text).toContain('and 3 more\n')
  expect(text).toContain('audit FAILED: 1 of 10 checks')
})

test('two audits: each under its title, and one verdict', () => {
  const { state, scores } = goodEvidence()
  const evidence = { ...goodEvidence(), seen: { scores, state: { ...state, stock: new Map([['NUT', -1]]) } } }
  const audits = [
    { title: 'audit', checks: audit(evidence) },
    { title: 'audit without Avout', checks: auditSeen(evidence) },
  ]
  const text = report(evidence, audits, new Tally(), 1)
  expect(text).toMatch(/\naudit\n {2}ok {3}every order/)
  expect(text).toContain('\naudit without Avout\n  ok   every order')
  expect(text).toContain('  FAIL stock: opening = left + shipped, for every product\n       NUT: -1 left: oversold\n')
  expect(text).toContain('  FAIL the stores hold what Avout reads\n       stock NUT: -1 there, not 0\n')
  expect(text).toContain('audit FAILED: 2 of 18 checks')
})
