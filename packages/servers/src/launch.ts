import { type ChildProcess, fork } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { processTree, signalAll } from './process-tree.js'

/** A server to be launched. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** The file that takes what it prints. */
  readonly log: string
  readonly uid?: number
  readonly gid?: number
  /** What ends it when its data is not needed any more. */
  readonly endSignal: NodeJS.Signals
}

/** What the launcher is asked, each with a number that its answer repeats. */
export type Ask = { readonly id: number } & Request

type Request =
  | { readonly do: 'folder'; readonly label: string }
  | { readonly do: 'remove'; readonly folder: string }
  | { readonly do: 'spawn'; readonly command: Command }
  | { readonly do: 'signal'; readonly pid: number; readonly signal: NodeJS.Signals }
  | { readonly do: 'end all' }
  | { readonly do: 'end'; readonly pid: number; readonly signal: NodeJS.Signals; readonly patience: number }

/** What it says: an answer, or that a server has ended. */
export type FromLauncher =
  | { readonly id: number; readonly value: string | number | undefined }
  | { readonly id: number; readonly error: string }
  | { readonly ended: number; readonly how: string }

/** The folder of the compiled files, also for who runs the sources. */
export const distFolder = join(dirname(createRequire(import.meta.url).resolve('@avout/servers/package.json')), 'dist')

/** Makes a temporary folder that is removed at the latest when this process ends. */
export async function makeFolder(label: string): Promise<string> {
  const folder = String(await request({ do: 'folder', label }))
  folders.add(folder)
  return folder
}

/** Removes a folder of `makeFolder`. */
export async function removeFolder(folder: string): Promise<void> {
  await request({ do: 'remove', folder })
  folders.delete(folder)
}

/** Launches a server, which ends at the latest when this process does. Answers with its process id. */
export async function launch(command: Command): Promise<number> {
  const pid = Number(await request({ do: 'spawn', command }))
  launched.add(pid)
  return pid
}

/** Sends a signal to a server and its children. */
export async function signalServer(pid: number, signal: NodeJS.Signals): Promise<void> {
  await request({ do: 'signal', pid, signal })
}

/** Ends a server by a signal, after `patience` ms by SIGKILL, and waits until it and its children are gone. */
export async function endServer(pid: number, signal: NodeJS.Signals, patience: number): Promise<void> {
  await request({ do: 'end', pid, signal, patience })
}

/** Ends every server of this process, also what is just being started, and removes their folders. None can be launched any more. */
export async function endAllServers(): Promise<void> {
  if (launcher !== undefined) await request({ do: 'end all' })
}

/** How a server ended (`SIGKILL`, `exit code 1`); undefined as long as it runs. */
export const howItEnded = (pid: number): string | undefined => endings.get(pid)

const endings = new Map<number, string>()
const launched = new Set<number>()
const folders = new Set<string>()
const waiting = new Map<number, { resolve(value: string | number | undefined): void; reject(error: Error): void }>()
let launcher: ChildProcess | undefined
let count = 0

function request(ask: Request): Promise<string | number | undefined> {
  launcher ??= startLauncher()
  const { channel } = launcher
  const id = ++count
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    // It keeps this process alive for the time of an answer, and not longer.
    channel?.ref()
    launcher?.send({ id, ...ask } satisfies Ask, (error) => error && settle(id, ({ reject }) => reject(error)))
  })
}

function startLauncher(): ChildProcess {
  const child = fork(join(distFolder, 'launcher.js'), [], { detached: true, stdio: 'ignore', execArgv: [] })
  child.unref()
  child.on('message', (message: FromLauncher) => {
    if ('ended' in message) endings.set(message.ended, message.how)
    else if ('error' in message) settle(message.id, ({ reject }) => reject(new Error(message.error)))
    else settle(message.id, ({ resolve }) => resolve(message.value))
  })
  child.on('exit', async (code, signal) => {
    launcher = undefined
    const how = `The launcher of the servers has ended (${signal ?? `exit code ${code}`})`
    for (const id of waiting.keys()) settle(id, ({ reject }) => reject(new Error(how)))
    await endOrphans(how)
  })
  return child
}

/** Each watches over the other: a launcher that was killed leaves its servers to this process. */
async function endOrphans(how: string): Promise<void> {
  const pids = [...launched].filter((pid) => !endings.has(pid))
  for (const pid of pids) endings.set(pid, how)
  const trees = await Promise.all(pids.map(processTree))
  signalAll(trees.flat(), 'SIGKILL')
  await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })))
}

function settle(
  id: number,
  how: (asker: { resolve(value: string | number | undefined): void; reject(error: Error): void }) => void,
) {
  const asker = waiting.get(id)
  waiting.delete(id)
  if (waiting.size === 0) launcher?.channel?.unref()
  if (asker !== undefined) how(asker)
}
