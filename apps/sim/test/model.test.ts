import type { Inspection, RunTrace } from '@avout/core/testing'
import { describe, expect, it } from 'vitest'
import { Model } from '../src/model/model.js'
import { transactionsOf, viewFault } from '../src/model/opacity.js'
import { disagreements, replicaFaults } from '../src/model/replicas.js'
import { bytes } from './support/clients.js'

const WINDOW = 4
const FILLER = new Uint8Array()

/** A model that has read a realm's first record, and what to read next as JSON. */
function modelOf() {
  const model = new Model()
  model.apply(bytes(JSON.stringify({ f: 1, k: 'realm', window: WINDOW, inlineLimit: 100 })))
  const apply = (client: string, number: number, transactions: unknown[], at: { s?: number; h?: string } = {}) => {
    const s = at.s ?? model.position
    model.apply(
      bytes(
        JSON.stringify({ f: 1, c: client, n: number, s, h: at.h ?? model.hashes[s], b: ['home'], t: transactions }),
      ),
    )
    return model.judged.filter(({ position }) => position === model.position).map(({ fault }) => fault)
  }
  const fill = (times: number) => {
    for (let i = 0; i < times; i++) model.apply(FILLER)
  }
  return { model, apply, fill }
}

/** [id, reads, writes]: a write of `ref` that expects `version`. */
const write = (ref: string, version: string, value: unknown = 1, reads: string[] = []) => [
  1,
  reads,
  [[ref, 0, version, version === '' ? 1 : 0, value]],
]

describe('the model', () => {
  it('takes the bytes that it must', () => {
    const { model, apply } = modelOf()
    expect(apply('c', 1, [write('/x', '', 5), 0])).toEqual([undefined])
    model.apply(bytes('{"f":1'))
    model.apply(bytes('[1]'))
    model.apply(bytes(JSON.stringify({ f: 1, k: 'realm', window: 99, inlineLimit: 1 })))
    expect(model.window).toBe(WINDOW)
    expect(model.headAt('/x', 9)).toMatchObject({ version: 'c.1.0', from: 2, exists: true, home: 'home', data: 5 })
    expect(model.headAt('/x', 1)).toMatchObject({ version: '', from: 0, to: 2 })
    expect(model.headAt('/y', 9)).toMatchObject({ version: '', exists: false })
    expect(new Set(model.hashes).size).toBe(model.hashes.length)
    expect(model.violations).toEqual([])
  })

  it('judges by the window: n - W <= s < n', () => {
    const { apply, fill } = modelOf()
    fill(5) // position 6
    expect(apply('c', 1, [write('/x', '')], { s: 3 })).toEqual([undefined]) // n = 7
    expect(apply('c', 2, [write('/y', '')], { s: 3 })).toEqual(['s = 3 is outside of the window']) // n = 8
    expect(apply('c', 3, [write('/y', '')], { s: 9, h: '' })).toEqual(['s = 9 is outside of the window']) // n = 9
  })

  it('counts the first occurrence of a number, valid or not', () => {
    const { apply } = modelOf()
    apply('c', 1, [write('/x', '')])
    expect(apply('d', 1, [write('/x', '')], { s: 1 })).toEqual([expect.stringContaining('/x is at c.1.0')])
    expect(apply('d', 1, [write('/y', '')])).toEqual([expect.stringContaining('its number stands at 3')])
  })

  it('does not count one that was too old to be judged', () => {
    const { apply, fill } = modelOf()
    fill(6)
    expect(apply('c', 1, [write('/x', '')], { s: 1 })).toEqual([expect.stringContaining('window')])
    expect(apply('c', 1, [write('/x', '')])).toEqual([undefined])
  })

  it('refuses what was built on another history', () => {
    const { apply } = modelOf()
    expect(apply('c', 1, [write('/x', '')], { h: 'other' })).toEqual([expect.stringContaining('hash')])
  })

  it('judges transactions in order, reads and writes, marked or not', () => {
    const { apply, model } = modelOf()
    apply('c', 1, [write('/x', '')])
    const s = model.position
    expect(apply('c', 2, [write('/x', '.1.0'), write('/x', '*.2.0'), write('/x', '*.2.0')])).toEqual([
      undefined,
      undefined,
      expect.stringContaining('/x is at c.2.1'),
    ])
    expect(apply('d', 1, [write('/y', '', 1, ['/x', 'c.1.0'])], { s })).toEqual([expect.stringContaining('/x')])
    expect(apply('d', 2, [write('/y', '', 1, ['/x', 'c.2.1'])])).toEqual([undefined])
  })

  it('holds an unmarked version good when nothing was written in the window, a marked one not', () => {
    const { apply, fill, model } = modelOf()
    apply('c', 1, [write('/x', '')])
    fill(5)
    expect(apply('c', 2, [write('/x', '*.1.0')])).toEqual([expect.stringContaining('/x')])
    expect(apply('c', 3, [write('/x', '.1.0')])).toEqual([undefined])
    expect(model.violations).toEqual([])
  })

  it('says so when the rules of the window let a lost update through', () => {
    const { apply, fill, model } = modelOf()
    apply('c', 1, [write('/x', '')])
    apply('c', 2, [write('/x', '.1.0')])
    fill(5)
    expect(apply('c', 3, [write('/x', '.1.0')])).toEqual([undefined])
    expect(model.violations).toEqual([expect.stringContaining('expects /x at "c.1.0", where "c.2.0" is')])
  })

  it('lets an id commit once in a window', () => {
    const { apply, fill } = modelOf()
    const named = (ref: string) => ['order', [], [[ref, 0, '', 1, 1]]]
    expect(apply('c', 1, [named('/a'), named('/b')])).toEqual([undefined, 'its id committed at 2'])
    expect(apply('d', 1, [named('/c')])).toEqual(['its id committed at 2'])
    fill(3)
    expect(apply('d', 2, [named('/d')])).toEqual([undefined])
  })

  it('judges ranges by what was created and deleted in them', () => {
    const { apply, model } = modelOf()
    const scan = (version: string, out = '/out') => [1, [], [[out, 0, '', 1, 1]], { r: [['/f/', '/f0', version]] }]
    apply('c', 1, [write('/f/a', '')])
    apply('c', 2, [write('/f/a', '.1.0')])
    expect(apply('d', 1, [scan('')])).toEqual([expect.stringContaining('/f/')])
    expect(apply('d', 2, [scan('c.1.0')])).toEqual([undefined])
    expect(apply('c', 3, [[1, [], [['/f/a', 0, '.2.0', 2, 0, 0]]]])).toEqual([undefined])
    expect(apply('d', 3, [scan('c.1.0', '/other')])).toEqual([expect.stringContaining('/f/')])
    expect(model.headAt('/f/a', 99).exists).toBe(false)
    expect(model.violations).toEqual([])
  })

  it('says so when a write tells wrongly that it creates or deletes', () => {
    const { apply, model } = modelOf()
    apply('c', 1, [[1, [], [['/x', 0, '', 0, 1]]]])
    expect(model.violations).toEqual([expect.stringContaining('/x says wrongly')])
  })
})

describe('views of runs', () => {
  const history = () => {
    const { apply, model } = modelOf()
    apply('c', 1, [write('/x', ''), write('/y', '')]) // 2
    apply('c', 2, [write('/x', '.1.0')]) // 3
    apply('c', 3, [write('/y', '.1.1', 1, ['/x', '*.2.0'])], { s: 2 }) // 4
    return { model, transactions: transactionsOf(model) }
  }
  const run = (more: Partial<RunTrace>): RunTrace => ({
    id: 't',
    attempt: 1,
    position: 3,
    inFlight: [],
    reads: [],
    ...more,
  })
  const flight = (version: string, ...writes: string[]) => ({ version, writes })

  it.each([
    [
      'at its position',
      {
        reads: [
          ['/x', 'c.2.0'],
          ['/y', 'c.1.1'],
          ['/z', ''],
        ],
      },
    ],
    ['with what was in flight on top', { reads: [['/y', 'c.3.0']], inFlight: [flight('c.3.0', '/y')] }],
    ['with what was never sent', { reads: [['/y', 'c.9.0']], inFlight: [flight('c.9.0', '/y')] }],
    [
      'with one that expects another',
      {
        position: 2,
        inFlight: [flight('c.2.0', '/x'), flight('c.3.0', '/y')],
        reads: [
          ['/y', 'c.3.0'],
          ['/x', 'c.2.0'],
        ],
      },
    ],
  ] as [string, Partial<RunTrace>][])('are good %s', (_name, more) => {
    const { model, transactions } = history()
    expect(viewFault(run(more), model, transactions)).toBeUndefined()
  })

  it.each([
    [
      'saw /x at "c.1.0"',
      {
        reads: [
          ['/x', 'c.1.0'],
          ['/y', 'c.1.1'],
        ],
      },
    ],
    ['saw /y at "c.3.0"', { reads: [['/y', 'c.3.0']] }],
    ['not at "c.2.0"', { position: 2, reads: [['/x', 'c.1.0']], inFlight: [flight('c.2.0', '/x')] }],
    ['which expects /x', { position: 2, inFlight: [flight('c.3.0', '/y')], reads: [] }],
    ['judged before', { position: 4, inFlight: [flight('c.3.0', '/y')], reads: [] }],
    ['the log ends', { position: 9 }],
  ] as [string, Partial<RunTrace>][])('are broken: %s', (message, more) => {
    const { model, transactions } = history()
    expect(viewFault(run(more), model, transactions)).toContain(message)
  })
})

describe('replicas', () => {
  const replica = (model: Model, more: Partial<Inspection> = {}): Inspection => ({
    position: model.position,
    hash: model.hashes[model.position] as string,
    verdicts: 'same',
    heads: () => new Map([['/x', { version: 'c.1.0', position: 2, exists: true }]]),
    inFlight: 0,
    queue: () => ({ last: 0, cursor: 0, pending: [] }),
    ...more,
  })

  it('are compared with the model and with each other', () => {
    const { apply, model } = modelOf()
    apply('c', 1, [write('/x', '')])
    const good = replica(model)
    expect(replicaFaults('a', good, model)).toEqual([])
    expect(replicaFaults('a', replica(model, { hash: 'x' }), model)).toHaveLength(1)
    expect(replicaFaults('a', replica(model, { position: 7 }), model)).toHaveLength(1)
    const behind = new Map([['/x', { version: '', position: 0, exists: false }]])
    expect(replicaFaults('a', replica(model, { heads: () => behind }), model)).toHaveLength(1)
    expect(
      disagreements(
        new Map([
          ['a', good],
          ['b', replica(model)],
        ]),
      ),
    ).toEqual([])
    expect(
      disagreements(
        new Map([
          ['a', good],
          ['b', replica(model, { verdicts: 'other' })],
        ]),
      ),
    ).toHaveLength(1)
    expect(
      disagreements(
        new Map([
          ['a', good],
          ['b', replica(model, { verdicts: 'other', position: 1 })],
        ]),
      ),
    ).toEqual([])
  })
})
