import { describe, expect, it } from 'vitest'
import type { Avout } from '../../src/index.js'
import { World } from './world.js'

describe('workers that take from a queue', () => {
  it('take each job once', async () => {
    const world = new World()
    const { wait } = world
    const [a, b] = await world.pair()
    const queue = 'queue'
    const jobs = 12
    const done: number[] = []
    const work = async (client: Avout) => {
      for (let i = 0; i < jobs / 4; i++) {
        const job = await client.dosync(async (tx) => {
          const [first, ...rest] = await tx.get(client.ref<number[]>(queue, []))
          if (first === undefined) return tx.retry()
          tx.set(client.ref<number[]>(queue, []), rest)
          return first
        })
        done.push(job)
      }
    }
    const working = Promise.all([work(a), work(a), work(b), work(b)])
    const append = (list: number[], job: number): number[] => [...list, job]
    for (let job = 1; job <= jobs; job++) {
      await wait((job % 2 ? a : b).dosync((tx) => tx.alter((job % 2 ? a : b).ref<number[]>(queue, []), append, job)))
      await world.pass(3)
    }
    await wait(working)
    expect(done.sort((x, y) => x - y)).toEqual(Array.from({ length: jobs }, (_, i) => i + 1))
  })
})
