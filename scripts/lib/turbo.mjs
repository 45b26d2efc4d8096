import { fileURLToPath } from 'node:url'
import { run } from './process.mjs'

const bin = fileURLToPath(import.meta.resolve('turbo/bin/turbo'))

/**
 * Runs turbo without telemetry, version notices or a terminal UI.
 *
 * @param {readonly string[]} turboArgs
 * @param {import('./process.mjs').RunOptions} [options]
 */
export function turbo(turboArgs, options) {
  process.env.TURBO_TELEMETRY_DISABLED = '1'
  process.env.TURBO_PRINT_VERSION_DISABLED = '1'
  return run(
    process.execPath,
    [bin, 'run', ...turboArgs, '--ui=stream', '--log-order=grouped', '--log-prefix=none'],
    options,
  )
}
