import { describe, expect, it } from 'vitest'
import type { Tx } from '../../src/index.js'
import { add, latch, World } from './world.js'

async function client() {
  const world = new World()
  const avout = await world.connect()
  return { world, wait: world.wait, avout, n: avout.ref('/n', 0) }
}

describe('a tx', () => {
  it('refuses every operation after its end', async () => {
    const { wait, avout, n } = await client()
    let kept: Tx | undefined
    await wait(
      avout.dosync((tx) => {
        kept = tx
        tx.set(n, 1)
      }),
    )
    const tx = kept as Tx
    const ended = { code: 'AVOUT_TX_ENDED' }
    for (const call of [() => tx.set(n, 2), () => tx.delete(n), () => tx.retry(), () => tx.afterCommit(() => {})]) {
      expect(call).toThrow(expect.objectContaining(ended))
    }
    const operations = [tx.get(n), tx.has(n), tx.alter(n, add, 1), tx.commute(n, add, 1), tx.ensure(n)]
    operations.push(
      tx.dosync(() => 1),
      tx.orElse(
        () => 1,
        () => 2,
      ),
    )
    for (const operation of operations) await expect(operation).rejects.toMatchObject(ended)
    expect(await wait(n.deref())).toBe(1)
  })
})

describe('a doomed run', () => {
  it('stays doomed whatever a catch does, and the next one begins when its operations have settled', async () => {
    const world = new World()
    const { wait } = world
    const [a, b] = await world.pair({ founding: { window: 2 } })
    const [n, m] = [a.ref('/n', 0), a.ref('/m', 0)]
    const [began, overtaken, slow] = [latch(), latch(), latch()]
    const course: string[] = []
    const running = a.dosync(async (tx) => {
      course.push(`run ${tx.attempt}`)
      if (tx.attempt > 1) return tx.alter(n, add, 1)
      await tx.get(n)
      void tx.dosync(async () => {
        await slow.promise
        course.push('settled')
      })
      began.open()
      await overtaken.promise
      await tx.get(m).catch((error: { code: string }) => course.push(error.code))
      course.push(`${tx.signal.aborted}`)
      return -1
    })
    await began.promise
    for (let i = 0; i < 6; i++) await wait(b.dosync((tx) => tx.alter(b.ref('/m', 0), add, 1)))
    await world.pass(5)
    overtaken.open()
    await world.pass(10)
    expect(course).toEqual(['run 1', 'AVOUT_RESTART', 'true'])
    slow.open()
    expect(await wait(running)).toBe(1)
    expect(course).toEqual(['run 1', 'AVOUT_RESTART', 'true', 'settled', 'run 2'])
  })
})
