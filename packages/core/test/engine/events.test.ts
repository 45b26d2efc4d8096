import { describe, expect, it } from 'vitest'
import type { Events } from '../../src/index.js'
import { add, World } from './world.js'

async function clients(options = {}) {
  const world = new World()
  const [a, b] = await world.pair(options)
  return { world, wait: world.wait, a, b, n: a.ref('/n', 0) }
}

describe('events', () => {
  it('tell of each commit: id, label, position, attempts and time', async () => {
    const { world, wait, a, b, n } = await clients()
    const commits: Events['commit'][] = []
    a.on('commit', (commit) => commits.push(commit))
    world.rival(() => b.dosync((tx) => tx.set(b.ref('/n', 0), 5)))
    await wait(a.dosync((tx) => tx.alter(n, add, 1), { id: 'mine', label: 'adding' }))
    const position = world.records().length
    expect(commits).toEqual([{ id: 'mine', label: 'adding', position, attempts: 2, ms: expect.any(Number) }])
  })

  it('tell of each lost run, with the rival', async () => {
    const { world, wait, a, b, n } = await clients()
    const conflicts: Events['conflict'][] = []
    a.on('conflict', (conflict) => conflicts.push(conflict))
    world.rival(() => b.dosync((tx) => tx.alter(b.ref('/n', 0), add, 1), { label: 'rival' }), 2)
    await wait(a.dosync((tx) => tx.alter(n, add, 1)))
    expect(conflicts).toMatchObject([
      { refs: ['/n'], attempts: 1, rival: { label: 'rival', client: 'b' } },
      { refs: ['/n'], attempts: 2, rival: { label: 'rival', client: 'b' } },
    ])
  })

  it('are not told to who has left, nor stopped by a listener that throws', async () => {
    const { wait, a, n } = await clients()
    const told: string[] = []
    a.on('commit', () => {
      throw new Error('mine')
    })
    const first = a.on('commit', () => told.push('first'))
    a.on('commit', () => told.push('second'))
    await wait(a.dosync((tx) => tx.set(n, 1)))
    first[Symbol.dispose]()
    await wait(a.dosync((tx) => tx.set(n, 2)))
    expect(told).toEqual(['first', 'second', 'second'])
  })
})

describe('health', () => {
  it('tells the position, the lag and how each backend is', async () => {
    const { world, wait, a, n } = await clients()
    await wait(a.dosync((tx) => tx.set(n, 1)))
    expect(await wait(a.health())).toEqual({
      ok: true,
      position: world.records().length,
      lag: 0,
      backends: { sim: { state: 'up', redoBacklog: 0 } },
    })
  })

  it('tells of a coordinator that does not answer, and that it answers again', async () => {
    const { world, wait, a, n } = await clients()
    const told: Events['health'][] = []
    a.on('health', (health) => told.push(health))
    world.store.down = true
    await expect(wait(n.deref())).rejects.toMatchObject({ kind: 'unavailable', backend: 'sim' })
    expect(told.at(-1)).toMatchObject({
      ok: false,
      backends: { sim: { state: 'down', error: { kind: 'unavailable' } } },
    })
    world.store.down = false
    await wait(n.deref())
    expect(told.at(-1)).toMatchObject({ ok: true, backends: { sim: { state: 'up' } } })
  })
})

describe('the logger', () => {
  it('is told of what is nobody’s answer', async () => {
    const lines: string[] = []
    const line = (_details: object, message: string): void => {
      lines.push(message)
    }
    const { wait, a, n } = await clients({ logger: { debug: line, info: line, warn: line, error: line } })
    n.addWatch('key', () => {
      throw new Error('mine')
    })
    await wait(
      a.dosync((tx) => {
        tx.set(n, 1)
        tx.afterCommit(() => {
          throw new Error('mine')
        })
      }),
    )
    expect(lines).toEqual(['a watch threw', 'a callback of a transaction threw'])
  })
})
