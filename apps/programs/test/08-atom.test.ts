import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it, vi } from 'vitest'
import { config } from '../src/08-atom.js'

it('swaps, watches, and ends when it is told to', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const avout = await connect({ coordinator: memory() })
  const controller = new AbortController()
  const running = config(avout, controller.signal)
  const atom = avout.atom<{ flags: Record<string, boolean>; version: number }>('/config', { flags: {}, version: 0 })
  // It listens once it has put the old value back.
  await vi.waitFor(async () => expect(log).toHaveBeenCalledWith('/config', 2, '→', 1))
  await atom.swap((c) => ({ ...c, version: 9 }))
  await vi.waitFor(() => expect(log).toHaveBeenCalledWith(1, 9))
  controller.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  expect(await atom.deref()).toEqual({ flags: { beta: true }, version: 9 })
  await avout.close()
})
