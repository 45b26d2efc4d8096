import { describe, expect, it } from 'vitest'
import type { Avout } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { REALM, World } from './world.js'

interface Fields {
  f: unknown
  c: unknown
  n: unknown
  s: unknown
  h: unknown
  b: unknown
  t: unknown
}

/** A record that sets /n to 5, as a client might have sent it now. */
function record(avout: Avout, change: (fields: Fields) => object | undefined = () => undefined): string {
  const { position: s, hash: h } = inspect(avout)
  const fields: Fields = { f: 1, c: 'somebody', n: 1, s, h, b: ['sim'], t: [[1, [], [['/n', 0, '', 1, 5]]]] }
  return JSON.stringify(change(fields) ?? fields)
}

const write = (...parts: unknown[]) => [[1, [], [parts]]]

function state(avout: Avout) {
  const { position, hash, verdicts, heads } = inspect(avout)
  return { position, hash, verdicts, heads: [...heads()].sort(([a], [b]) => (a < b ? -1 : 1)) }
}

/** Plants bytes in front of a client that is connected, one that connects afterwards, and one that has to catch up. */
async function planted(make: (avout: Avout) => string | Uint8Array) {
  const world = new World()
  const [live, late] = [await world.connect(), await world.connect()]
  await world.wait(live.dosync((tx) => tx.set(live.ref('/before', 0), 1)))
  await world.pass()
  const bytes = make(live)
  world.store.plant(REALM, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes)
  await world.wait(live.dosync((tx) => tx.alter(live.ref('/after', 0), (n) => n + 1)))
  const cold = await world.connect()
  const n = await Promise.all([live, late, cold].map((client) => world.wait(client.ref('/n', 0).deref())))
  return { world, n, states: [live, late, cold].map(state), live }
}

describe('a planted record', () => {
  it('that is sound counts, for all alike', async () => {
    const { n, states } = await planted((avout) => record(avout))
    expect(n).toEqual([5, 5, 5])
    expect(states[1]).toEqual(states[0])
    expect(states[2]).toEqual(states[0])
  })

  const broken: Record<string, (avout: Avout) => string | Uint8Array> = {
    nothing: () => new Uint8Array(),
    'half of one': (avout) => record(avout).slice(0, -5),
    'bytes that are no text': () => new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    'text that is no JSON': () => 'garbage',
    'a number': () => '5',
    'an array': () => '[]',
    null: () => 'null',
    'an empty object': () => '{}',
    'format 0': (avout) => record(avout, (r) => ({ ...r, f: 0 })),
    'a format that is text': (avout) => record(avout, (r) => ({ ...r, f: '1' })),
    'a format and a half': (avout) => record(avout, (r) => ({ ...r, f: 1.5 })),
    'a kind that is no text': (avout) => record(avout, (r) => ({ ...r, k: 5 })),
    'no client': (avout) => record(avout, (r) => ({ ...r, c: '' })),
    'a client that is a number': (avout) => record(avout, (r) => ({ ...r, c: 5 })),
    'a number that is text': (avout) => record(avout, (r) => ({ ...r, n: '1' })),
    'a negative number': (avout) => record(avout, (r) => ({ ...r, n: -1 })),
    'a snapshot beyond all numbers': (avout) => record(avout).replace(/"s":\d+/, '"s":1e999'),
    'a snapshot in the future': (avout) => record(avout, (r) => ({ ...r, s: (r.s as number) + 1 })),
    'another hash': (avout) => record(avout, (r) => ({ ...r, h: 'x' })),
    'no hash': (avout) => record(avout, (r) => ({ ...r, h: null })),
    'homes that are numbers': (avout) => record(avout, (r) => ({ ...r, b: [5] })),
    'no homes': (avout) => record(avout, (r) => ({ ...r, b: undefined })),
    'transactions that are an object': (avout) => record(avout, (r) => ({ ...r, t: {} })),
    'a transaction that is null': (avout) => record(avout, (r) => ({ ...r, t: [null] })),
    'a transaction of two parts': (avout) => record(avout, (r) => ({ ...r, t: [[1, []]] })),
    'an id that is an object': (avout) => record(avout, (r) => ({ ...r, t: [[{}, [], [['/n', 0, '', 1, 5]]]] })),
    'a read without version': (avout) => record(avout, (r) => ({ ...r, t: [[1, ['/x'], [['/n', 0, '', 1, 5]]]] })),
    'a read of a number': (avout) => record(avout, (r) => ({ ...r, t: [[1, [5, ''], [['/n', 0, '', 1, 5]]]] })),
    'a write of four parts': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 0, '', 1) })),
    'a write to no home': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 1, '', 1, 5) })),
    'a write of no kind': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 0, '', 7, 5) })),
    'a version that is a number': (avout) => record(avout, (r) => ({ ...r, t: write('/n', 0, 0, 1, 5) })),
    'a label that is a number': (avout) => record(avout, (r) => ({ ...r, t: [[1, [], [['/n', 0, '', 1, 5]], { l: 5 }]] })),
    'a range of two parts': (avout) =>
      record(avout, (r) => ({ ...r, t: [[1, [], [['/n', 0, '', 1, 5]], { r: [['a', 'b']] }]] })),
    'one sound transaction and a broken one': (avout) =>
      record(avout, (r) => ({ ...r, t: [...(r.t as unknown[]), [2, [], 5]] })),
    'a name with a NUL beside a sound one': (avout) =>
      record(avout, (r) => ({ ...r, t: [...(r.t as unknown[]), [2, [], [['a\0b', 0, '', 1, 5]]]] })),
    'an empty name beside a sound one': (avout) =>
      record(avout, (r) => ({ ...r, t: [...(r.t as unknown[]), [2, [], [['', 0, '', 1, 5]]]] })),
  }

  it.each(Object.keys(broken))('that is %s counts as nothing, for all alike', async (name) => {
    const { n, states, world } = await planted(broken[name] as (typeof broken)[string])
    expect(n).toEqual([0, 0, 0])
    expect(states[0]?.position).toBe(world.records().length)
    expect(states[0]?.heads.map(([ref]) => ref)).toEqual(['/after', '/before'])
    expect(states[1]).toEqual(states[0])
    expect(states[2]).toEqual(states[0])
  })

  it('with keys that mean something to objects is data', async () => {
    const text = (avout: Avout) => record(avout).replace('"f":1', '"__proto__":{"t":[],"polluted":1},"f":1')
    const { n, states } = await planted(text)
    expect(n).toEqual([5, 5, 5])
    expect(states[2]).toEqual(states[0])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    const named = await planted((avout) => record(avout, (r) => ({ ...r, t: write('__proto__', 0, '', 1, 5) })))
    expect(named.states[2]).toEqual(named.states[0])
    expect(named.states[0]?.heads.map(([ref]) => ref)).toContain('__proto__')
  })

  it.each([1_000, 200_000])('with a value nested %i deep is judged alike, and stops nobody', async (depth) => {
    const nested = '['.repeat(depth) + ']'.repeat(depth)
    const world = new World()
    const [live, late] = await world.pair()
    const bytes = record(live, (r) => ({ ...r, t: write('/deep', 0, '', 1, 'HERE') })).replace('"HERE"', nested)
    world.store.plant(REALM, new TextEncoder().encode(bytes))
    const cold = await world.connect()
    for (const client of [live, late, cold]) {
      await world.wait(client.dosync((tx) => tx.alter(client.ref('/n', 0), (n) => n + 1)))
      const read = client.ref<unknown>('/deep', 0).deref()
      const outcome = await world.wait(read.then(() => 'read', (error: { code: string }) => error.code))
      expect(outcome).toMatch(/^(read|AVOUT_.*)$/)
    }
    await world.pass(1_000)
    expect(state(late)).toEqual(state(live))
    expect(state(cold)).toEqual(state(live))
  })

  it.each([{ '~date': 'x' }, { '~nobody': 1 }])('whose value %o no codec can read fails who reads it, clearly, and nobody else', async (value) => {
    const world = new World()
    const [live, other] = await world.pair()
    const bytes = record(live, (r) => ({ ...r, t: write('/n', 0, '', 1, value) }))
    world.store.plant(REALM, new TextEncoder().encode(bytes))
    const told: unknown[] = []
    live.on('watchError', (event) => told.push(event))
    live.ref('/n', 0).addWatch('key', () => {})
    for (const client of [live, other]) {
      const error = await world.wait(client.ref('/n', 0).deref().catch((failure: unknown) => failure))
      expect(error).toMatchObject({ code: expect.stringMatching(/^AVOUT_/), message: expect.stringContaining('/n') })
      expect(await world.wait(client.dosync((tx) => tx.alter(client.ref('/m', 0), (n) => n + 1)))).toBeGreaterThan(0)
    }
    expect(told).toHaveLength(1)
  })
})
