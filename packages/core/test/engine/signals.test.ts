import { describe, expect, it } from 'vitest'
import { OutcomeUnknownError } from '../../src/index.js'
import { latch, outcomeOf, World } from './world.js'

async function client() {
  const world = new World()
  const [avout, rival] = await world.pair()
  return { world, wait: world.wait, avout, rival, n: avout.ref('/n', 0), reason: new Error('enough') }
}

describe('a signal', () => {
  it('that is aborted before, rejects with its reason; the body does not run', async () => {
    const { wait, avout, reason } = await client()
    let ran = false
    const refused = avout.dosync(
      () => {
        ran = true
      },
      { signal: AbortSignal.abort(reason) },
    )
    await expect(wait(refused)).rejects.toBe(reason)
    expect(ran).toBe(false)
  })

  it('aborted while the body runs, rejects with its reason; the body is told, and nothing committed', async () => {
    const { world, wait, avout, n, reason } = await client()
    const controller = new AbortController()
    const goOn = latch()
    let inner: AbortSignal | undefined
    const running = outcomeOf(
      avout.dosync(
        async (tx) => {
          inner = tx.signal
          tx.set(n, 1)
          await goOn.promise
        },
        { signal: controller.signal },
      ),
    )
    await world.pass(1)
    controller.abort(reason)
    expect(await wait(running)).toEqual({ error: reason })
    expect(inner?.aborted).toBe(true)
    goOn.open()
    await world.pass(100)
    expect(await wait(n.deref())).toBe(0)
  })

  it('aborted before the record is sent, rejects with its reason; nothing is committed', async () => {
    const { world, wait, avout, n, reason } = await client()
    const controller = new AbortController()
    const committing = outcomeOf(avout.dosync((tx) => tx.set(n, 1), { signal: controller.signal }))
    controller.abort(reason) // the record is forming
    expect(await wait(committing)).toEqual({ error: reason })
    await world.pass(100)
    expect(await wait(n.deref())).toBe(0)
  })

  it.each(['committed', 'aborted'] as const)(
    'aborted after the record was sent, is an unknown outcome; later it is known: %s',
    async (outcome) => {
      const { world, wait, avout, rival, n, reason } = await client()
      const controller = new AbortController()
      const release = world.holdAppend()
      const committing = outcomeOf(
        avout.dosync((tx) => tx.alter(n, () => 1), { signal: controller.signal, id: 'mine' }),
      )
      await world.pass(1)
      controller.abort(reason)
      const { error } = (await wait(committing)) as { error: OutcomeUnknownError }
      expect(error).toBeInstanceOf(OutcomeUnknownError)
      expect(error).toMatchObject({ kind: 'unknown', id: 'mine', cause: reason })
      expect(await wait(avout.outcome('mine'))).toBe('unknown')
      if (outcome === 'aborted') await wait(rival.dosync((tx) => tx.set(rival.ref('/n', 0), 2)))
      release()
      await world.pass(10)
      expect(await wait(avout.outcome('mine'))).toBe(outcome)
      expect(await wait(n.deref())).toBe(outcome === 'committed' ? 1 : 2)
    },
  )

  it('aborted when the transaction is over, changes nothing', async () => {
    const { world, wait, avout, n, reason } = await client()
    const controller = new AbortController()
    await wait(avout.dosync((tx) => tx.set(n, 1), { signal: controller.signal }))
    controller.abort(reason)
    await world.pass(10)
    expect(await wait(n.deref())).toBe(1)
  })

  it('of read and deref rejects with its reason as well', async () => {
    const { world, wait, avout, n, reason } = await client()
    for (const begin of [
      (signal: AbortSignal) => avout.read(() => latch().promise, { signal }),
      (signal: AbortSignal) => n.deref({ signal }),
    ]) {
      const controller = new AbortController()
      const reading = outcomeOf<unknown>(begin(controller.signal))
      controller.abort(reason)
      expect(await wait(reading)).toEqual({ error: reason })
    }
    await world.pass(10)
  })

  it('of connect rejects with its reason, and what opens afterwards is closed', async () => {
    const { world, reason } = await client()
    world.store.faults = { ...world.store.faults, delay: [10, 10] }
    const controller = new AbortController()
    const connecting = outcomeOf(world.connect({ signal: controller.signal }))
    world.scheduler.schedule(5, () => controller.abort(reason))
    expect(await connecting).toEqual({ error: reason })
    expect(await world.scheduler.run({ limit: 1_000 })).toBe('idle')
  })
})
