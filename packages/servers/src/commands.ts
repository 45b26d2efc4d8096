import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { lstat, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { askHost, type HostedServer, keptFolder, keptSocket } from './host-client.js'
import { checkKind, type Kind, kinds, variableOf } from './kinds.js'
import { distFolder } from './launch.js'
import { isRunning } from './process-tree.js'
import { messageOf, until } from './until.js'

const usage = `Usage: pnpm servers up|down|status [kind...]

  up      starts servers, of every kind or of those named, and leaves them running: tests, demo and benchmarks use them
  down    stops those named, or all
  status  lists what runs: kind, URL, process ids, for how long

Kinds: ${kinds.slice(0, 5).join(', ')},
       ${kinds.slice(5).join(', ')}

What is not installed is installed. A URL in the environment goes before them: AVOUT_REDIS_URL, ... (packages/servers).`

/** Runs `pnpm servers`, and answers with the exit code. */
export async function commands(args: readonly string[], print: (line: string) => void): Promise<number> {
  const [command, ...names] = args
  if (args.includes('--help') || args.includes('-h')) {
    print(usage)
    return 0
  }
  try {
    const named = names.map(checkKind)
    if (command === 'up') return await up(named, print)
    if (command === 'down') return await down(named, print)
    if (command === 'status') return await status(named, print)
  } catch (error) {
    print(messageOf(error))
    return error instanceof TypeError ? 2 : 1
  }
  print(usage)
  return 2
}

async function up(named: readonly Kind[], print: (line: string) => void): Promise<number> {
  await startHost()
  let failed = 0
  for (const kind of named.length > 0 ? named : kinds) {
    if (process.env[variableOf(kind)]) print(`${kind}: tests will use ${variableOf(kind)}, not this one`)
    try {
      const answer = await askHost(keptSocket(), { ask: 'get', kind })
      print(`${kind} ${answer?.url}`)
    } catch (error) {
      failed++
      print(`${kind}: ${messageOf(error)}`)
    }
  }
  return failed === 0 ? 0 : 1
}

async function down(named: readonly Kind[], print: (line: string) => void): Promise<number> {
  const { servers = [], pid } = (await askHost(keptSocket(), { ask: 'list' })) ?? {}
  const stopped = servers.filter(({ kind }) => named.length === 0 || named.includes(kind))
  if (pid !== undefined && stopped.length === servers.length) {
    await askHost(keptSocket(), { ask: 'end' })
    await until('the host of the servers to end', 30_000, async () => ((await isRunning(pid)) ? 'it runs' : undefined))
  } else {
    for (const { kind } of stopped) await askHost(keptSocket(), { ask: 'close', kind })
  }
  print(stopped.length === 0 ? 'Nothing to stop.' : `Stopped ${stopped.map(({ kind }) => kind).join(', ')}.`)
  return 0
}

async function status(named: readonly Kind[], print: (line: string) => void): Promise<number> {
  const { servers = [] } = (await askHost(keptSocket(), { ask: 'list' })) ?? {}
  const shown = servers.filter(({ kind }) => named.length === 0 || named.includes(kind))
  if (shown.length === 0) print('No servers are up.')
  else for (const line of table(shown)) print(line)
  return 0
}

function table(servers: readonly HostedServer[]): string[] {
  const rows = servers.map(({ kind, url, pids, since }) => [
    kind,
    url,
    pids.join(' ') || 'ended',
    lengthOf(Date.now() - since),
  ])
  const all = [['kind', 'url', 'pid', 'up for'], ...rows]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function lengthOf(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Starts the host that outlives this command, unless there is one, and waits until it answers. */
async function startHost(): Promise<void> {
  if ((await askHost(keptSocket(), { ask: 'list' })) !== undefined) return
  await mkdir(keptFolder(), { recursive: true, mode: 0o700 })
  const { uid } = await lstat(keptFolder())
  if (process.getuid !== undefined && uid !== process.getuid()) throw new Error(`${keptFolder()} is another user's`)
  const logFile = join(keptFolder(), 'host.log')
  const log = openSync(logFile, 'w')
  const host = spawn(process.execPath, [join(distFolder, 'host.js'), keptSocket()], {
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  host.unref()
  await until('the host of the servers', 15_000, async () => {
    if ((await askHost(keptSocket(), { ask: 'list' })) !== undefined) return undefined
    if (host.exitCode !== null)
      throw new Error(`The host of the servers has ended:\n${await readFile(logFile, 'utf8')}`)
    return 'it does not answer yet'
  })
}
