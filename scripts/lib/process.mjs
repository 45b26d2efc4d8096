import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** The checkout's root. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The arguments, without the `--` that npm users put before them. */
export const args = process.argv.slice(process.argv[2] === '--' ? 3 : 2)

export const wantsHelp = args.includes('--help') || args.includes('-h')

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {boolean} [quiet] Prints what the command said to stderr, and only if it failed.
 * @property {boolean} [silent] Prints nothing of what the command said.
 */

/**
 * Runs a program, waits until it has ended, and answers with its exit code (128 + n for signal n, as shells do).
 *
 * @param {string} command
 * @param {readonly string[]} commandArgs
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, commandArgs, { cwd = root, quiet = false, silent = false } = {}) {
  return new Promise((resolve, reject) => {
    const output = silent ? 'ignore' : quiet ? 'pipe' : 'inherit'
    const child = spawn(command, commandArgs, { cwd, stdio: ['inherit', output, output] })
    /** @type {Buffer[]} */
    const said = []
    child.stdout?.on('data', (chunk) => said.push(chunk))
    child.stderr?.on('data', (chunk) => said.push(chunk))
    const release = forwardSignals(child)
    child.on('error', (error) => {
      release()
      reject(error)
    })
    child.on('close', (code, signal) => {
      release()
      const exit = code ?? 128 + (signal ? constants.signals[signal] : 0)
      if (exit !== 0) process.stderr.write(Buffer.concat(said))
      resolve(exit)
    })
  })
}

/**
 * The terminal sends its interrupt to the whole group, so the child has it already; other signals reach this process alone.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function forwardSignals(child) {
  const wait = () => {}
  const pass = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
  process.on('SIGINT', wait)
  process.on('SIGTERM', pass)
  return () => {
    process.off('SIGINT', wait)
    process.off('SIGTERM', pass)
  }
}
