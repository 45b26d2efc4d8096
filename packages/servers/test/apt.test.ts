import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Machine } from '../src/find/machine.js'
import { redisWays } from '../src/find/redis.js'
import { firstOf } from '../src/find/ways.js'

/** A machine whose apt-get is a script that notes what it is asked, and whether services may be started meanwhile. */
let machine: Machine
let folder: string
let policy: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'avout-apt-'))
  policy = join(folder, 'usr/sbin/policy-rc.d')
  await mkdir(join(folder, 'bin'))
  await mkdir(join(folder, 'usr/sbin'), { recursive: true })
  // Of the real machine, only what the scripts need: a Redis there must not be found.
  for (const tool of ['chmod', 'cp', 'env', 'rm']) await symlink(`/bin/${tool}`, join(folder, 'bin', tool))
  machine = {
    root: `${folder}/`,
    path: [join(folder, 'bin')],
    env: {},
    isRoot: true,
    cache: folder,
  }
})

afterEach(() => rm(folder, { recursive: true }))

async function program(name: string, text: string): Promise<void> {
  await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`)
  await chmod(join(folder, 'bin', name), 0o755)
}

/** An apt-get that installs what it is asked for into the made-up machine. */
const installing = () =>
  program(
    'apt-get',
    `echo "$DEBIAN_FRONTEND $*" >> ${folder}/asked
if [ "$1" = install ]; then
  "${policy}"; echo "services $?" >> ${folder}/asked
  cp /bin/true ${folder}/bin/redis-server
fi`,
  )

it('installs once, for all who ask at the same time, without starting the service', async () => {
  await installing()
  const found = await Promise.all([1, 2, 3].map(() => firstOf('Redis', redisWays(machine))))
  expect(new Set(found)).toEqual(new Set([join(folder, 'bin/redis-server')]))
  expect((await readFile(join(folder, 'asked'), 'utf8')).split('\n')).toEqual([
    'noninteractive update -qq',
    'noninteractive install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 redis-server',
    'services 101',
    '',
  ])
  expect(existsSync(policy)).toBe(false)
})

it("keeps the machine's own policy", async () => {
  await installing()
  await writeFile(policy, '#!/bin/sh\nexit 7\n')
  await chmod(policy, 0o755)
  await firstOf('Redis', redisWays(machine))
  expect(await readFile(join(folder, 'asked'), 'utf8')).toContain('services 7')
  expect(existsSync(policy)).toBe(true)
})

it('uses sudo, without a password, when it is not root', async () => {
  await installing()
  await program('sudo', `[ "$1" = -n ] || exit 1; shift; exec env "$@"`)
  await expect(firstOf('Redis', redisWays({ ...machine, isRoot: false }))).resolves.toContain('redis-server')
})

it('tells what apt-get said', async () => {
  await program('apt-get', 'echo "E: Unable to locate package" >&2; exit 100')
  await expect(firstOf('Redis', redisWays(machine))).rejects.toThrow('redis-server: E: Unable to locate package')
})

it('tells that it may not', async () => {
  await installing()
  const poor = { ...machine, isRoot: false }
  await expect(firstOf('Redis', redisWays(poor))).rejects.toThrow('this user is not root, and there is no sudo')
})
