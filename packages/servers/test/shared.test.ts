import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { askHost } from '../src/host-client.js'
import { type Kind, shared, variableOf } from '../src/index.js'
import { isFree } from '../src/ports.js'
import { processTree } from '../src/process-tree.js'
import { askRedis } from '../src/redis.js'
import { expectGone } from './gone.js'
import { dist, runProgram } from './process.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'avout-shared-'))
  // No server that this developer keeps up, and not the run's host that may be running this test.
  vi.stubEnv('TMPDIR', folder)
  vi.stubEnv('AVOUT_SERVERS_RUN', '')
  vi.stubEnv('AVOUT_REDIS_URL', '')
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

const portOf = (url: string) => Number(new URL(url).port)

it('takes the URL from the environment', async () => {
  expect(variableOf('mongo-replica-set')).toBe('AVOUT_MONGO_REPLICA_SET_URL')
  vi.stubEnv('AVOUT_REDIS_URL', 'redis://elsewhere:1')
  const server = await shared('redis')
  expect([server.kind, server.url]).toEqual(['redis', 'redis://elsewhere:1'])
  await server.close()
})

it('refuses what is no kind', async () => {
  await expect(shared('oracle' as Kind)).rejects.toThrow(TypeError)
})

it('starts one for the process, which ends when the last has closed it', async () => {
  vi.stubEnv('TMPDIR', tmpdir())
  const [one, two] = await Promise.all([shared('redis'), shared('redis')])
  expect(one.url).toBe(two.url)
  await one.close()
  await one.close()
  expect(await askRedis(portOf(two.url), 'PING')).toBe('PONG')
  await two.close()
  expect(await isFree(portOf(two.url))).toBe(true)
})

/** A host such as `pnpm test` has. */
async function startHost() {
  const socket = join(folder, 'host.sock')
  const host = fork(fileURLToPath(new URL('host.js', dist)), [socket], { execArgv: [] })
  expect(await once(host, 'message')).toContain('ready')
  return { socket, host }
}

const program = `const { url } = await servers.shared('redis'); console.log(url)`

it('starts one for the run, whoever asks, and none is left when the run is over', async () => {
  const { socket, host } = await startHost()
  const askers = [1, 2, 3].map(() => runProgram(program, { AVOUT_SERVERS_RUN: socket }))
  const urls = await Promise.all(askers.map(({ line }) => line()))
  expect(new Set(urls).size).toBe(1)
  const { servers = [] } = (await askHost(socket, { ask: 'list' })) ?? {}
  expect(servers.map(({ kind, url }) => [kind, url])).toEqual([['redis', urls[0]]])

  host.disconnect()
  await once(host, 'exit')
  await expectGone({ pids: servers.flatMap(({ pids }) => pids), folders: [], ports: [portOf(urls[0] ?? '')] })
  vi.stubEnv('AVOUT_SERVERS_RUN', socket)
  await expect(shared('redis')).rejects.toThrow('Has the run ended?')
})

it('ends also what is being started when the run is over', async () => {
  const { socket, host } = await startHost()
  const asked = askHost(socket, { ask: 'get', kind: 'zookeeper' }).then(String, String)
  await vi.waitFor(async () => expect((await processTree(host.pid ?? 0)).length).toBeGreaterThan(2), 10_000)
  const tree = await processTree(host.pid ?? 0)
  const begun = Date.now()
  host.disconnect()
  await once(host, 'exit')
  expect(Date.now() - begun).toBeLessThan(10_000)
  expect(await asked).toMatch(/SIGKILL|being ended|ended without an answer/)
  await expectGone({ pids: tree, folders: [], ports: [] })
})
