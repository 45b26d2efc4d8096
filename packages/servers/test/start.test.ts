import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Kind, kinds, start } from '../src/index.js'
import { write } from './data.js'
import { expectGone, tracesOf } from './gone.js'

const nodeCounts: Partial<Record<Kind, number>> = {
  'redis-cluster': 3,
  pgbouncer: 2,
  'mongo-three': 3,
  'zookeeper-three': 3,
}

describe.each(kinds)('%s', (kind) => {
  it('keeps port and data when restarted or killed, falls silent when paused, leaves nothing', async () => {
    const server = await start(kind)
    const first = await tracesOf(server)
    try {
      expect(server.kind).toBe(kind)
      expect(server.nodes).toHaveLength(nodeCounts[kind] ?? 1)
      const { url, pid } = server
      const isKept = await write(server)

      await server.restart()
      expect(server.pid).not.toBe(pid)
      await isKept()

      const second = await tracesOf(server)
      await server.kill()
      expect(server.pids).toEqual([])
      await expectGone({ ...second, folders: [] })
      await expect(server.ping()).rejects.toThrow()
      await server.start()
      await isKept()

      await server.pause()
      await expect(server.ping()).rejects.toThrow(/silent|no whole answer/)
      await server.resume()
      while (
        !(await server.ping().then(
          () => true,
          () => false,
        ))
      )
        await setTimeout(25)
      await isKept()
      expect(server.url).toBe(url)
    } finally {
      const last = await tracesOf(server)
      await server.close()
      await expectGone({ ...last, folders: first.folders })
    }
    await expect(server.start()).rejects.toThrow('closed')
  }, 150_000)
})

it('refuses what is no kind', async () => {
  await expect(start('oracle' as Kind)).rejects.toThrow("no kind of server called 'oracle'. There are: redis,")
})

it('closes a server that is paused', async () => {
  const server = await start('postgres')
  const traces = await tracesOf(server)
  await server.pause()
  await server.close()
  await expectGone(traces)
})
