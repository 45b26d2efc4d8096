import { describe, expect, it } from 'vitest'
import type { RefInfo } from '../../src/index.js'
import { World } from './world.js'

describe('list', () => {
  it('gives the refs there are, by name, with home, version and position', async () => {
    const world = new World()
    const { wait } = world
    const [a, b] = await world.pair()
    const names = ['/b', '/a/2', '/a/1', '\uffff']
    await wait(a.dosync((tx) => names.map((name) => tx.set(a.ref(name, 0), 1)).length))
    await wait(b.dosync((tx) => [tx.set(b.ref('/n', 0), 1), tx.delete(b.ref('/a/1', 0))].length))
    const listed = async (range = {}) => {
      const all: RefInfo[] = []
      for await (const info of a.list(range)) all.push(info)
      return all
    }
    const all = await wait(listed())
    expect(all.map(({ name }) => name)).toEqual(['/a/2', '/b', '/n', '\uffff'])
    expect(all[2]).toMatchObject({ in: 'sim', version: expect.any(String), position: world.records().length })
    const only = async (range: object) => (await wait(listed(range))).map(({ name }) => name)
    expect(await only({ prefix: '/a' })).toEqual(['/a/2'])
    expect(await only({ after: '/b' })).toEqual(['/n', '\uffff'])
    expect(await only({ limit: 1 })).toEqual(['/a/2'])
    expect(await only({ limit: 0 })).toEqual([])
  })
})
