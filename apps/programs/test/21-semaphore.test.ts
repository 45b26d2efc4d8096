import { testRealm } from '@avout/core/testing'
import { expect, it } from 'vitest'
import { acquirePermit, withPermit } from '../src/21-semaphore.js'

it('lets in as many as there are permits', async () => {
  await using realm = testRealm()
  const clients = await Promise.all([1, 2, 3].map(() => realm.connect()))
  let inside = 0
  let most = 0
  const visit = async () => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setTimeout(resolve, 5))
    inside--
  }
  await Promise.all(clients.flatMap((client) => [1, 2, 3, 4].map(() => withPermit(client, '/pool', 2, visit))))
  expect(most).toBe(2)
  for (const i of [0, 1]) expect(await clients[0]?.lock(`/pool/${i}`).queue()).toEqual([])
})

it('gives up waiting, and takes back the permit of the dead', async () => {
  await using realm = testRealm({ clock: 'manual' })
  const [one, other] = await Promise.all([realm.connect(), realm.connect()])
  const permits = [await acquirePermit(one, '/pool', 2), await acquirePermit(one, '/pool', 2)]
  expect(new Set(permits.map(({ name }) => name))).toEqual(new Set(['/pool/0', '/pool/1']))
  await expect(acquirePermit(other, '/pool', 2, { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
  const late = acquirePermit(other, '/pool', 2, { timeout: 1_000 })
  const refused = expect(late).rejects.toMatchObject({ code: 'AVOUT_TIMEOUT' })
  await realm.advance(2_000)
  await refused
  realm.crash(one)
  const next = acquirePermit(other, '/pool', 2)
  await realm.advance(20_000)
  await (await next).release()
})
