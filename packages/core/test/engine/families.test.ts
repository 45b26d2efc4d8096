import { describe, expect, it } from 'vitest'
import { defineFamily } from '../../src/index.js'
import { latch, World } from './world.js'

const accounts = defineFamily('/accounts', 0)

async function clients() {
  const world = new World()
  const [a, b] = await world.pair()
  const open = (names: readonly string[]) =>
    world.wait(a.dosync((tx) => names.forEach((name, i) => void tx.set(accounts(name), i))))
  return { world, wait: world.wait, a, b, open }
}

describe('a family', () => {
  it('gives its keys in order, and only those there are', async () => {
    const { world, wait, a, b, open } = await clients()
    await open(['carol', 'alice', 'bob', 'Zoe', 'b'])
    await wait(a.dosync((tx) => tx.set(a.ref('/accountsX/no', 0), 1)))
    await wait(a.dosync((tx) => tx.delete(accounts('b'))))
    await world.pass()
    for (const client of [a, b]) {
      expect(await wait(client.read((tx) => tx.keys(accounts)))).toEqual(['Zoe', 'alice', 'bob', 'carol'])
    }
    expect(await wait(b.read((tx) => tx.entries(accounts)))).toEqual([
      ['Zoe', 3],
      ['alice', 1],
      ['bob', 2],
      ['carol', 0],
    ])
  })

  it('takes prefix, after and limit', async () => {
    const { wait, a, open } = await clients()
    await open(['a', 'aa', 'ab', 'abc', 'b', '\uffff'])
    const keys = (range: object) => wait(a.read((tx) => tx.keys(accounts, range)))
    expect(await keys({ prefix: 'a' })).toEqual(['a', 'aa', 'ab', 'abc'])
    expect(await keys({ after: 'aa' })).toEqual(['ab', 'abc', 'b', '\uffff'])
    expect(await keys({ limit: 2 })).toEqual(['a', 'aa'])
    expect(await keys({ prefix: 'ab', after: 'a', limit: 1 })).toEqual(['ab'])
    expect(await keys({ prefix: 'a', after: 'b' })).toEqual([])
    expect(await keys({ limit: 0 })).toEqual([])
  })

  it('includes what this transaction has made and deleted', async () => {
    const { wait, a, open } = await clients()
    await open(['alice', 'bob'])
    const seen = a.dosync(async (tx) => {
      tx.set(accounts('carol'), 5)
      tx.delete(accounts('alice'))
      const inner = await tx.dosync((nested) => {
        nested.set(accounts('dave'), 6)
        return nested.keys(accounts)
      })
      return [await tx.entries(accounts), inner]
    })
    expect(await wait(seen)).toEqual([
      [
        ['bob', 1],
        ['carol', 5],
        ['dave', 6],
      ],
      ['bob', 'carol', 'dave'],
    ])
  })

  it.each(['created', 'deleted'])('has no phantoms: one %s by a rival makes the scan run again', async (what) => {
    const { world, wait, a, b, open } = await clients()
    await open(['alice', 'bob'])
    world.rival(() =>
      b.dosync((tx) => (what === 'created' ? tx.set(accounts('carol'), 1) : tx.delete(accounts('bob')))),
    )
    const seen: string[][] = []
    await wait(
      a.dosync(async (tx) => {
        seen.push(await tx.keys(accounts))
        tx.set(a.ref('/count', 0), 1)
      }),
    )
    expect(seen).toEqual([['alice', 'bob'], what === 'created' ? ['alice', 'bob', 'carol'] : ['alice']])
  })

  it('keys alone conflict with no change of a value, nor with another range', async () => {
    const { world, wait, a, b, open } = await clients()
    await open(['alice', 'bob'])
    world.rival(() =>
      b.dosync((tx) => {
        tx.set(accounts('alice'), 100)
        tx.set(accounts('zoe'), 1)
      }),
    )
    let runs = 0
    await wait(
      a.dosync(async (tx) => {
        runs = tx.attempt
        await tx.keys(accounts, { prefix: 'a' })
        tx.set(a.ref('/count', 0), 1)
      }),
    )
    expect(runs).toBe(1)
  })

  it('two that count and add lose none: no write skew over a range', async () => {
    const { wait, a, b } = await clients()
    const join = (client: typeof a, name: string) =>
      client.dosync(async (tx) => {
        const place = (await tx.keys(accounts)).length
        tx.set(accounts(name), place)
      })
    await wait(Promise.all([join(a, 'x'), join(b, 'y'), join(a, 'z'), join(b, 'w')]))
    const places = await wait(a.read((tx) => tx.entries(accounts)))
    expect(places.map(([, place]) => place).sort()).toEqual([0, 1, 2, 3])
  })

  it('is retried when a key comes', async () => {
    const { world, wait, a, b } = await clients()
    const waiting = a.dosync(async (tx) => {
      const [first] = await tx.keys(accounts, { prefix: 'job' })
      return first ?? tx.retry()
    })
    await world.pass(10)
    await wait(b.dosync((tx) => tx.set(accounts('job1'), 1)))
    expect(await wait(waiting)).toBe('job1')
  })

  it('is scanned as of one moment', async () => {
    const { world, wait, a, b, open } = await clients()
    await open(['alice'])
    const [began, goOn] = [latch(), latch()]
    const seen: string[][] = []
    const scanning = a.dosync(async (tx) => {
      await tx.get(accounts('alice'))
      began.open()
      await goOn.promise
      seen.push(await tx.keys(accounts))
    })
    await began.promise
    await wait(b.dosync((tx) => [tx.set(accounts('bob'), 1), tx.set(accounts('alice'), 9)].length))
    await world.pass()
    goOn.open()
    await wait(scanning)
    expect(seen.at(-1)).toEqual(['alice', 'bob'])
    for (const keys of seen.slice(0, -1)) expect(keys).toEqual(['alice'])
  })
})
