import { describe, expect, it } from 'vitest'
import { ClosedError, OutcomeUnknownError } from '../../src/index.js'
import { add, latch, outcomeOf, World } from './world.js'

async function client(options = {}) {
  const world = new World()
  const avout = await world.connect(options)
  return { world, wait: world.wait, avout, n: avout.ref('/n', 0) }
}

const closed = { error: expect.any(ClosedError) }

describe('close', () => {
  it('refuses new work, whatever it is', async () => {
    const { wait, avout, n } = await client()
    await wait(avout.close())
    const calls = [
      () => avout.dosync((tx) => tx.set(n, 1)),
      () => avout.read(() => 1),
      () => n.deref(),
      () => avout.flush(),
      () => avout.outcome('x'),
      () => n.setValidator(() => true),
      () => avout.list()[Symbol.asyncIterator]().next(),
    ]
    for (const call of calls) expect(await wait(outcomeOf<unknown>(call()))).toEqual(closed)
    for (const local of [avout.localRef(0), n]) {
      expect(() => local.addWatch('key', () => {})).toThrow(ClosedError)
      expect(() => local.changes()).toThrow(ClosedError)
    }
    expect(await wait(avout.health())).toMatchObject({ ok: false })
  })

  it('lets what runs end, and what it begins inside', async () => {
    const { world, wait, avout, n } = await client()
    const goOn = latch()
    const running = avout.dosync(async (tx) => {
      await goOn.promise
      await avout.dosync((inner) => inner.alter(n, add, 1))
      return tx.alter(n, add, 1)
    })
    await world.pass()
    const closing = avout.close()
    expect(await wait(outcomeOf(avout.dosync((tx) => tx.set(n, 9))))).toEqual(closed)
    await world.pass(5_000)
    goOn.open()
    expect(await wait(running)).toBe(2)
    await wait(closing)
    expect(world.scheduler.now).toBe(5_000)
  })

  it('ends what does not end by itself, after the time it was given', async () => {
    const { world, wait, avout, n } = await client()
    const stuck = outcomeOf(
      avout.dosync(async (tx) => {
        tx.set(n, 1)
        await latch().promise
      }),
    )
    await wait(avout.close({ drain: 300 }))
    expect(world.scheduler.now).toBe(300)
    expect(await wait(stuck)).toEqual(closed)
    const patient = await world.connect()
    const other = outcomeOf(patient.dosync(() => latch().promise))
    await wait(patient.close())
    expect(world.scheduler.now).toBe(10_300)
    expect(await wait(other)).toEqual(closed)
  })

  it('wakes who sleeps in retry with ClosedError, at once', async () => {
    const { world, wait, avout, n } = await client()
    const parked = outcomeOf(avout.dosync(async (tx) => (await tx.get(n)) || tx.retry()))
    await world.pass(10)
    await wait(avout.close())
    expect(await wait(parked)).toEqual(closed)
    expect(world.scheduler.now).toBeLessThan(20)
  })

  it('wakes who falls asleep while it waits for others', async () => {
    const { world, wait, avout, n } = await client()
    const goOn = latch()
    const parking = outcomeOf(
      avout.dosync(async (tx) => {
        const value = await tx.get(n)
        await goOn.promise
        return value || tx.retry()
      }),
    )
    await world.pass()
    const closing = avout.close()
    await world.pass(10)
    goOn.open()
    await wait(closing)
    expect(await wait(parking)).toEqual(closed)
    expect(world.scheduler.now).toBeLessThan(1_000)
  })

  it('waits for the verdict of what is sent; without one, that is unknown', async () => {
    const { world, wait, avout, n } = await client()
    const release = world.holdAppend()
    const sent = outcomeOf(avout.dosync((tx) => tx.set(n, 1)))
    await world.pass()
    const closing = avout.close({ drain: 200 })
    await world.pass(100)
    release()
    await wait(closing)
    expect(await wait(sent)).toEqual({ value: undefined })
    const other = await world.connect()
    world.holdAppend()
    const lost = outcomeOf(other.dosync((tx) => tx.set(n.name === '/n' ? other.ref('/n', 0) : n, 2)))
    await world.pass()
    await wait(other.close({ drain: 200 }))
    expect(await wait(lost)).toEqual({ error: expect.any(OutcomeUnknownError) })
  })
})
