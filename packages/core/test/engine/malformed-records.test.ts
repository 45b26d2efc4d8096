import { describe, expect, it } from 'vitest'
import type { Avout } from '../../src/index.js'
import { inspect } from '../../src/testing/index.js'
import { broken, record, write } from './planted-records.js'
import { REALM, World } from './world.js'

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

  it.each(Object.keys(broken))('that is %s counts as nothing, for all alike', async (name) => {
    const { n, states, world } = await planted(broken[name] as (typeof broken)[string])
    expect(n).toEqual([0, 0, 0])
    expect(states[0]?.position).toBe(world.records().length)
    expect(states[0]?.heads.map(([ref]) => ref)).toEqual(['/after', '/before'])
    expect(states[1]).toEqual(states[0])
    expect(states[2]).toEqual(states[0])
  })

  it('with keys that mean something to objects is data', async () => {
    const value = '{"__proto__":{"polluted":1},"constructor":2}'
    const text = (avout: Avout) =>
      record(avout, (r) => ({ ...r, t: write('/n', 0, '', 1, 5) })).replace('5]', `${value}]`)
    const { n, states } = await planted(text)
    for (const read of n) expect(read).toEqual(JSON.parse(value))
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
      const outcome = await world.wait(
        read.then(
          () => 'read',
          (error: { code: string }) => error.code,
        ),
      )
      expect(outcome).toMatch(/^(read|AVOUT_.*)$/)
    }
    await world.pass(1_000)
    expect(state(late)).toEqual(state(live))
    expect(state(cold)).toEqual(state(live))
  })

  it.each([{ '~date': 'x' }, { '~nobody': 1 }])(
    'whose value %o no codec can read fails who reads it, clearly, and nobody else',
    async (value) => {
      const world = new World()
      const [live, other] = await world.pair()
      const bytes = record(live, (r) => ({ ...r, t: write('/n', 0, '', 1, value) }))
      world.store.plant(REALM, new TextEncoder().encode(bytes))
      const told: unknown[] = []
      live.on('watchError', (event) => told.push(event))
      live.ref('/n', 0).addWatch('key', () => {})
      for (const client of [live, other]) {
        const error = await world.wait(
          client
            .ref('/n', 0)
            .deref()
            .catch((failure: unknown) => failure),
        )
        expect(error).toMatchObject({ code: expect.stringMatching(/^AVOUT_/), message: expect.stringContaining('/n') })
        expect(await world.wait(client.dosync((tx) => tx.alter(client.ref('/m', 0), (n) => n + 1)))).toBeGreaterThan(0)
      }
      expect(told).toHaveLength(1)
    },
  )
})
