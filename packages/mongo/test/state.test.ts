import { type Server, shared } from '@avout/servers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { look, newRealm, openSession } from './open.js'

let server: Server
beforeAll(async () => {
  server = await shared('mongo')
})
afterAll(() => server.close())

it('compares values, not what MongoDB takes for equal', async () => {
  const { state, close } = await openSession(server.url)
  const one = state('s')
  const compare = async (expected: number | readonly number[], value: number) =>
    one.compareAndSetState?.(expected, value)
  await one.setState([1, 2])
  expect(await compare(1, 3)).toBe(false)
  expect(await compare([1, 2], 3)).toBe(true)
  await close()
})

it('never uses a version again, also after it was destroyed', async () => {
  const realm = newRealm()
  const { state, close } = await openSession(server.url, realm)
  const one = state('s')
  const stranger = look(server.url)
  const version = async () => String((await stranger.collection('states').findOne({ '_id.realm': realm }))?.version)
  const versions = new Set<string>()
  for (let round = 0; round < 3; round++) {
    await one.setState('a')
    versions.add(await version())
    await one.compareAndSetState?.('a', 'a')
    versions.add(await version())
    await one.destroyStateContainer()
    await one.compareAndSetState?.(undefined, 'a')
    versions.add(await version())
  }
  expect(versions.size).toBe(9)
  await Promise.all([stranger.close(), close()])
})
