import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './process.mjs'
import { turbo } from './turbo.mjs'

/**
 * Starts the host of the servers of one run of the tests, and names it to them in AVOUT_SERVERS_RUN. It starts a server when
 * the first test asks for its kind; all packages of the run share it. What is not installed yet is installed now: a test's
 * minute would be too short for it. The host is a child with a pipe to this process, so that it stops all servers also when
 * this process is killed.
 *
 * @returns {Promise<() => Promise<void>>} Ends the host, and waits until all servers have been stopped.
 */
export async function startRunServers() {
  const built = await turbo(['build', '--filter=@avout/servers', '--output-logs=errors-only'], { quiet: true })
  // What does not build is told, and fails the run, when the tests are built.
  if (built !== 0) return async () => {}
  const folder = await mkdtemp(join(tmpdir(), 'avout-run-'))
  const socket = join(folder, 'host.sock')
  const host = fork(join(root, 'packages/servers/dist/host.js'), [socket, 'install'])
  const ended = once(host, 'exit')
  const first = await Promise.race([once(host, 'message'), ended])
  if (first[0] !== 'ready') throw new Error(`The host of the servers has ended (${first.join(' ')})`)
  process.env.AVOUT_SERVERS_RUN = socket
  return async () => {
    if (host.connected) host.disconnect()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}
