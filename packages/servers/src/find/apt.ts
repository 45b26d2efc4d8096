import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { reasonOf } from '../until.js'
import { locked } from './lock.js'
import { inPath, type Machine } from './machine.js'
import type { Way } from './ways.js'

const run = promisify(execFile)

/**
 * Installs packages of the distribution. Their services are not started: the file that forbids it is put in place for that
 * time, unless the machine has one of its own.
 */
const script = `set -e
policy=$1; shift
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod +x "$policy"
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"`

/**
 * The way through apt-get. One process installs at a time, and looks again first: the one before may have installed the same.
 *
 * @param find Looks for what the packages bring.
 */
export function byApt<T>(machine: Machine, packages: readonly string[], find: () => Promise<T | undefined>): Way<T> {
  return {
    what: `apt-get install ${packages.join(' ')}`,
    get: async () => {
      if ((await inPath(machine, 'apt-get')) === undefined) throw new Error('there is no apt-get')
      return await locked('apt', async () => {
        // Whatever keeps it from being found now, installing may be the remedy.
        if ((await reasonOf(find())) === undefined) {
          const found = await find()
          if (found !== undefined) return found
        }
        await install(machine, packages)
        return await find()
      })
    },
  }
}

async function install(machine: Machine, packages: readonly string[]): Promise<void> {
  const sudo = machine.isRoot ? undefined : await inPath(machine, 'sudo')
  if (!machine.isRoot && sudo === undefined) throw new Error('this user is not root, and there is no sudo')
  const env = { ...machine.env, PATH: machine.path.join(':') }
  const policy = `${machine.root}/usr/sbin/policy-rc.d`
  const shell = ['/bin/sh', '-c', script, 'sh', policy, ...packages]
  const [file = '', ...args] = sudo === undefined ? shell : [sudo, '-n', 'DEBIAN_FRONTEND=noninteractive', ...shell]
  try {
    await run(file, args, { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 600_000, maxBuffer: 1 << 26 })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
    throw new Error(said === '' ? String(error) : said.split('\n').slice(-5).join('\n  '), { cause: error })
  }
}
