import { describe, expect, it } from 'vitest'
import { UnavailableError } from '../../src/index.js'
import { outcomeOf, REALM, World } from './world.js'

const long = 'a value that is too long for the record'

async function small() {
  const world = new World()
  const home = world.another('elsewhere')
  const [a, b] = await world.pair({ founding: { inlineLimit: 10 }, backends: [home] })
  return { world, wait: world.wait, home, a, b, text: a.ref('/text', '', { in: home }) }
}

describe('a value above the inline limit', () => {
  it('is in its container before the append, and not in the record', async () => {
    const { world, wait, home, a, b, text } = await small()
    const release = world.holdAppend()
    const writing = a.dosync((tx) => tx.set(text, long))
    await world.pass(10)
    expect(home.holdings(REALM).get('/text')?.size).toBe(1)
    release()
    await wait(writing)
    expect(world.records().at(-1)).not.toContain(long)
    expect(await wait(b.ref('/text', '', { in: home }).deref())).toBe(long)
    expect(await wait(text.deref())).toBe(long)
  })

  it('up to the limit travels in the record', async () => {
    const { world, wait, a, text } = await small()
    await wait(a.dosync((tx) => tx.set(text, '12345678'))) // 10 bytes of JSON
    expect(world.records().at(-1)).toContain('12345678')
    await wait(a.dosync((tx) => tx.set(text, '123456789')))
    expect(world.records().at(-1)).not.toContain('123456789')
    await wait(a.dosync((tx) => tx.set(text, 'éééé'))) // as many bytes, half as many characters
    expect(world.records().at(-1)).toContain('éééé')
  })

  it('fails clearly where its container is down, and nothing is committed', async () => {
    const { world, wait, home, a, text } = await small()
    await wait(a.dosync((tx) => tx.set(text, 'short')))
    const records = world.records().length
    home.down = true
    const writing = a.dosync((tx) => {
      tx.set(a.ref('/n', 0), 1)
      tx.set(text, long)
    })
    const error = await wait(writing.catch((failure: unknown) => failure))
    expect(error).toBeInstanceOf(UnavailableError)
    expect(error).toMatchObject({ kind: 'unavailable', backend: 'elsewhere' })
    expect(world.records()).toHaveLength(records)
    expect(await wait(a.read((tx) => tx.getAll([a.ref('/n', 0), text])))).toEqual([0, 'short'])
    home.down = false
    await wait(a.dosync((tx) => tx.set(text, long)))
    expect(await wait(text.deref())).toBe(long)
  })

  it('that fails takes no other transaction of its record with it', async () => {
    const { wait, home, a, text } = await small()
    await wait(a.dosync((tx) => tx.set(text, 'short')))
    home.down = true
    const failing = outcomeOf(a.dosync((tx) => tx.set(text, long)))
    const other = a.dosync((tx) => tx.alter(a.ref('/n', 0), (n) => n + 1))
    expect(await wait(other)).toBe(1)
    expect(await wait(failing)).toMatchObject({ error: { kind: 'unavailable' } })
  })

  it('whose container is down cannot be read: an error, never another value', async () => {
    const { wait, home, a, b, text } = await small()
    await wait(a.dosync((tx) => tx.set(text, long)))
    const reader = b.ref('/text', '', { in: home })
    await wait(b.dosync((tx) => tx.has(reader)))
    home.down = true
    await expect(wait(reader.deref())).rejects.toBeInstanceOf(UnavailableError)
    home.down = false
    expect(await wait(reader.deref())).toBe(long)
  })

  it('is altered and watched like any other', async () => {
    const { world, wait, home, a, b, text } = await small()
    await wait(a.dosync((tx) => tx.has(text)))
    home.faults = { ...home.faults, delay: [20, 20] } // a short value is there before the long one in front of it
    const told: string[][] = []
    b.ref('/text', '', { in: home }).addWatch('watch', (_key, _ref, old, value) => told.push([old, value]))
    await wait(a.dosync((tx) => tx.set(text, long)))
    await wait(a.dosync((tx) => tx.alter(text, (value) => `${value}!`)))
    await wait(a.dosync((tx) => tx.set(text, 'short')))
    await world.pass(1_000)
    expect(told).toEqual([
      ['', long],
      [long, `${long}!`],
      [`${long}!`, 'short'],
    ])
  })
})
