import { connect } from '@avout/core'
import { memory } from '@avout/memory'
import { expect, it, vi } from 'vitest'
import { mailer, web, worker } from '../src/07-agent.js'

it('sends with the commit, and works in another process', async () => {
  const keys: string[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    keys.push(new Headers(init?.headers).get('idempotency-key') ?? '')
    return new Response()
  })
  const store = memory()
  const [one, other] = await Promise.all([connect({ coordinator: store }), connect({ coordinator: store })])
  // What must not compile is a TypeError where it is run: the whole transaction is refused.
  await expect(web(one)).rejects.toMatchObject({ code: 'AVOUT_ACTION' })
  expect(await one.ref('/paid', false).deref()).toBe(false)
  await one.agent(mailer).send('deliver', { to: 'a@b', body: 'thanks' })
  expect(await worker(other)).toBe(1)
  expect(await one.agent(mailer).deref()).toEqual({ sent: 1, last: 'a@b' })
  expect(keys).toEqual([expect.stringMatching(/:0$/)])
  await one.agent(mailer).send('reset')
  expect(await worker(other)).toBe(0)
  expect(keys).toHaveLength(1)
  await Promise.all([one.close(), other.close()])
})

it('goes on where a letter could not be delivered', async () => {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'))
  const avout = await connect({ coordinator: memory() })
  const failures: unknown[] = []
  avout.on('agentError', ({ error }) => failures.push(error))
  await avout.agent(mailer).send('deliver', { to: 'a@b', body: 'thanks' })
  expect(await worker(avout)).toBe(0)
  expect(failures).toMatchObject([{ message: 'no network' }])
  await avout.close()
})
