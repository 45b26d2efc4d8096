import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pgbouncerProgram } from './find/pgbouncer.js'
import { lesserUser } from './find/user.js'
import { freePort } from './ports.js'
import { startPostgres } from './postgres.js'
import { askPostgres } from './postgres-wire.js'
import { ServerGroup } from './server-group.js'
import { startProcess } from './server-process.js'

/**
 * pgbouncer in transaction mode, in front of a PostgreSQL of its own. After a failed attempt to reach that it waits 1 s, not 15,
 * so that a test which restarts it need not; its other settings are the defaults.
 */
export async function startPgbouncer(): Promise<ServerGroup> {
  const file = await pgbouncerProgram()
  const postgres = await startPostgres('pgbouncer')
  try {
    const bouncer = await startProcess('pgbouncer', async (folder) => {
      const user = await lesserUser('postgres')
      const port = await freePort()
      const config = join(folder, 'pgbouncer.ini')
      const users = join(folder, 'users.txt')
      await writeFile(users, '"postgres" ""\n')
      await writeFile(
        config,
        `[databases]
* = host=127.0.0.1 port=${postgres.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
server_login_retry = 1
`,
      )
      if (user) await Promise.all([folder, config, users].map((path) => chown(path, user.uid, user.gid)))
      return {
        kind: 'pgbouncer',
        url: `postgres://postgres@127.0.0.1:${port}/postgres`,
        port,
        command: { file, args: [config], endSignal: 'SIGKILL', ...user },
        stopSignal: 'SIGTERM',
        ping: () => askPostgres(port, 'select 1'),
      }
    })
    return new ServerGroup('pgbouncer', bouncer.url, [bouncer, postgres], () => askPostgres(bouncer.port, 'select 1'))
  } catch (error) {
    await postgres.close()
    throw error
  }
}
