import { execFile } from 'node:child_process'
import { chown, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { postgresFolder } from './find/postgres.js'
import { lesserUser } from './find/user.js'
import type { Kind } from './kinds.js'
import { freePort } from './ports.js'
import { askPostgres } from './postgres-wire.js'
import { hasCode } from './process-tree.js'
import { type ServerProcess, startProcess } from './server-process.js'

const run = promisify(execFile)

/** PostgreSQL with its defaults, durability included, as user and database `postgres`, without a password. */
export function startPostgres(kind: Kind = 'postgres'): Promise<ServerProcess> {
  return startProcess(kind, async (folder) => {
    const bin = await postgresFolder()
    const user = await lesserUser('postgres')
    if (user) await chown(folder, user.uid, user.gid)
    const data = join(folder, 'data')
    // What initdb writes needs no sync: nobody has been promised anything yet.
    const init = ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C']
    await run(join(bin, 'initdb'), [...init, '--no-sync'], { cwd: folder, ...user })
    const port = await freePort()
    // Dynamic shared memory in files of the folder: segments of the system would stay after a SIGKILL.
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'dynamic_shared_memory_type=mmap']
    const args = ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])]
    return {
      kind,
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      port,
      // SIGQUIT, as that frees its shared memory, which SIGKILL does not.
      command: { file: join(bin, 'postgres'), args, endSignal: 'SIGQUIT', ...user },
      stopSignal: 'SIGINT',
      ping: () => askPostgres(port, 'select 1'),
      cleanUp: () => freeSharedMemory(join(data, 'postmaster.pid')),
    }
  })
}

/** Frees the small System V segment of a PostgreSQL that was killed; its number stands in the file that then is left. */
async function freeSharedMemory(pidFile: string): Promise<void> {
  try {
    const [, segment] = (await readFile(pidFile, 'utf8')).split('\n')[6]?.trim().split(/\s+/) ?? []
    if (segment !== undefined) await run('ipcrm', ['-m', segment])
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}
