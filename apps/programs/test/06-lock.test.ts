import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it, vi } from 'vitest'
import { drain, maybe, settle } from '../src/06-lock.js'

it('settles under a lock that the commit requires', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => Response.json({ date: '2026-11-25' }))
  const avout = await connect({ coordinator: memory() })
  await settle(avout)
  expect(await avout.ref('/settled', { day: '', fence: 0 }).deref()).toEqual({
    day: '2026-11-25',
    fence: expect.any(Number),
  })
  expect(await avout.lock('/settlement').queue()).toEqual([])
  await avout.close()
})

it('does what is to be done only where nobody else does it', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const store = memory()
  const [one, other] = await Promise.all([connect({ coordinator: store }), connect({ coordinator: store })])
  const held = await one.lock('/cron').acquire()
  await maybe(other)
  expect(log).not.toHaveBeenCalled()
  await held.release()
  await maybe(other)
  expect(log).toHaveBeenCalledTimes(1)
  await Promise.all([one.close(), other.close()])
})

it('waits for what another puts in', async () => {
  const avout = await connect({ coordinator: memory() })
  const items: string[] = []
  const draining = drain(avout, items)
  await vi.waitFor(async () => {
    items.push('lamp')
    const lock = avout.lock('/buffer')
    await lock.withLock((held) => lock.condition('not-empty').signal(held))
    expect(await Promise.race([draining, undefined])).toBe('lamp')
  })
  await avout.close()
})
