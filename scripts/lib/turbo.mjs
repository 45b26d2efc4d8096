import { fileURLToPath } from 'node:url'
import { run } from './process.mjs'

const bin = fileURLToPath(import.meta.resolve('turbo/bin/turbo'))

/**
 * Runs turbo without telemetry, version notices or a terminal UI, and in plain text where nobody looks at it.
 *
 * @param {readonly string[]} turboArgs
 * @param {import('./process.mjs').RunOptions} [options]
 */
export function turbo(turboArgs, options) {
  process.env.TURBO_TELEMETRY_DISABLED = '1'
  process.env.TURBO_PRINT_VERSION_DISABLED = '1'
  if (!process.stdout.isTTY && process.env.FORCE_COLOR === undefined) process.env.NO_COLOR = '1'
  const quiet = ['--ui=stream', '--log-order=grouped', '--log-prefix=none']
  return run(process.execPath, [bin, 'run', ...quiet, ...turboArgs], options)
}
