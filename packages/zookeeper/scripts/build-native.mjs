import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm, stat, utimes } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
/** A lock that nobody has touched for so long, in ms, is one of a process that was killed. */
const ABANDONED = 30_000

/**
 * Compiles the native driver where it was not when it was installed: its npm package has no binary for Linux, and an installation that
 * compiles needs a network (Node's headers) and half a minute. Here the headers beside the running Node are used. Answers how it went:
 * undefined where it is usable.
 */
export async function buildNative() {
  const folder = dirname(require.resolve('zookeeper/package.json'))
  if (await usable(folder)) return undefined
  const lock = join(folder, '.building')
  for (;;) {
    const taken = await mkdir(lock).then(
      () => true,
      () => false,
    )
    if (taken) break
    // Somebody else is at it.
    const touched = await stat(lock).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (touched !== undefined && Date.now() - touched > ABANDONED) await rm(lock, { recursive: true, force: true })
    await sleep(200)
  }
  const alive = setInterval(() => utimes(lock, new Date(), new Date()).then(null, report), ABANDONED / 5)
  try {
    if (await usable(folder)) return undefined
    const output = await build(folder)
    return (await usable(folder)) ? undefined : output
  } finally {
    clearInterval(alive)
    await rm(lock, { recursive: true, force: true })
  }
}

/** @param {string} folder */
async function build(folder) {
  const prefix = dirname(dirname(process.execPath))
  const headers = existsSync(join(prefix, 'include/node/node_version.h')) ? { npm_config_nodedir: prefix } : {}
  const gyp = [
    process.env.npm_config_node_gyp ?? '',
    join(prefix, 'lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'),
    join(dirname(process.execPath), 'node_modules/npm/node_modules/node-gyp/bin/node-gyp.js'),
  ].find((path) => path !== '' && existsSync(path))
  const unpacked = await run(folder, process.execPath, ['scripts/prepublish.js'], {})
  const [file, args] = gyp === undefined ? ['npx', ['-y', 'node-gyp', 'rebuild']] : [process.execPath, [gyp, 'rebuild']]
  return unpacked + (await run(folder, file, args, headers))
}

/** Its module loads, in a process of its own: a broken one may do anything. @param {string} folder */
async function usable(folder) {
  return (await run(folder, process.execPath, ['-e', 'require("./lib/index.js")'], {})).endsWith('[0]')
}

/**
 * Answers all that it printed, and its exit code in brackets.
 * @param {string} cwd @param {string} file @param {readonly string[]} args @param {Record<string, string>} env
 * @returns {Promise<string>}
 */
function run(cwd, file, args, env) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
    })
    child.stderr.on('data', (data) => {
      output += data
    })
    child.on('error', (error) => resolve(`${error.message}[1]`))
    child.on('close', (code) => resolve(`${output}[${code}]`))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failure = await buildNative()
  if (failure !== undefined) {
    process.stderr.write(`${failure}\n`)
    process.stderr.write(
      'The native driver of ZooKeeper could not be built: it needs a C++ compiler, make and Python 3.\n',
    )
    process.exitCode = 1
  }
}

/** @param {unknown} error */
function report(error) {
  process.stderr.write(`${error}\n`)
}
