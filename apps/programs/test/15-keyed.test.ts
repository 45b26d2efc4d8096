import { ClosedError, connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it, vi } from 'vitest'
import { accounts } from '../src/02-bank.js'
import { openOnce, print, total } from '../src/15-keyed.js'

it('sums over pages', async () => {
  const avout = await connect({ coordinator: memory() })
  await avout.dosync((tx) => {
    for (let i = 0; i < 1_200; i++) tx.set(accounts(String(i).padStart(5, '0')), { owner: '', balance: i })
  })
  expect(await total(avout)).toBe((1_199 * 1_200) / 2)
  await avout.close()
})

it('counts without phantoms: of many at once three open an account', async () => {
  const store = memory()
  const clients = await Promise.all([0, 1].map(() => connect({ coordinator: store })))
  const opened = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => openOnce(clients[i % 2] as (typeof clients)[0], String(i), 'eve')),
  )
  expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
  await expect(openOnce(clients[0] as (typeof clients)[0], '1', 'adam')).resolves.toBeUndefined()
  await expect(openOnce(clients[0] as (typeof clients)[0], '1', 'adam')).rejects.toThrow('exists')
  await Promise.all(clients.map((avout) => avout.close()))
})

it('lists what there is, then tells what changes', async () => {
  const lines: string[] = []
  let told: (() => void) | undefined
  vi.spyOn(console, 'log').mockImplementation((...line: unknown[]) => {
    lines.push(line.slice(0, 2).join(' '))
    told?.()
  })
  const next = () => new Promise<void>((resolve) => (told = resolve))
  const avout = await connect({ coordinator: memory() })
  await avout.dosync((tx) => tx.set(accounts('ann'), { owner: 'Ann', balance: 1 }))
  const listed = next()
  const printing = print(avout)
  await listed
  expect(lines).toEqual(['/accounts/ann memory'])
  const changed = next()
  // A watch of a family begins where its loop does, one step after the last line of the list.
  await new Promise((resolve) => setImmediate(resolve))
  await avout.dosync((tx) => tx.alter(accounts('ann'), (account) => ({ ...account, balance: 5 })))
  await changed
  expect(lines.at(-1)).toBe('ann 1')
  const ended = expect(printing).rejects.toBeInstanceOf(ClosedError)
  await avout.close()
  await ended
})
