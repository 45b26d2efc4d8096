import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { accounts, handle, transfer } from '../src/02-bank.js'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
})

const open = async () => {
  const avout = await connect({ coordinator: memory() })
  await avout.dosync((tx) => {
    tx.set(accounts('alice'), { owner: 'Alice', balance: 100 })
    tx.set(accounts('closed'), { owner: 'Nobody', balance: 0, closed: true })
  })
  const balances = () =>
    avout.read(async (tx) => (await tx.getAll([accounts('alice'), accounts('bob')])).map(({ balance }) => balance))
  return { avout, balances }
}

describe('a transfer', () => {
  it('moves the amount, also where its alter was not awaited', async () => {
    const { avout, balances } = await open()
    await expect(transfer(avout, 'alice', 'bob', 30)).resolves.toEqual({ left: 70 })
    expect(await balances()).toEqual([70, 30])
    expect(console.log).toHaveBeenCalledTimes(1)
    await avout.close()
  })

  it('that fails moves nothing', async () => {
    const { avout, balances } = await open()
    await expect(transfer(avout, 'alice', 'bob', 101)).rejects.toThrow(RangeError)
    await expect(transfer(avout, 'alice', 'closed', 1)).rejects.toThrow('closed is closed')
    expect(await balances()).toEqual([100, 0])
    await avout.close()
  })

  it('joins a transaction around it', async () => {
    const { avout, balances } = await open()
    const both = avout.dosync(async (tx) => {
      await transfer(tx, 'alice', 'bob', 10)
      await transfer(tx, 'bob', 'alice', 20)
    })
    await expect(both).rejects.toThrow('bob has only 10')
    expect(await balances()).toEqual([100, 0])
    await avout.close()
  })

  it('tells that it was committed', async () => {
    const { avout } = await open()
    expect(await handle(avout)).toBe('committed')
    await avout.close()
  })
})
