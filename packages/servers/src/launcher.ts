/**
 * The program that servers are children of. It lives in a process group of its own, does what its parent asks (see
 * `launch.ts`), and ends every server and removes every folder when the pipe to its parent closes: so nothing is left, even
 * if the parent was ended by SIGKILL.
 */
import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ask, Command, FromLauncher } from './launch.js'
import { isRunning, processTree, signalAll } from './process-tree.js'
import { messageOf, until } from './until.js'

const running = new Map<number, { command: Command; ended: Promise<void> }>()
const folders = new Set<string>()
let ending = false

async function answer(ask: Ask): Promise<string | number | undefined> {
  switch (ask.do) {
    case 'folder': {
      const folder = await mkdtemp(join(tmpdir(), `avout-${ask.label}-`))
      folders.add(folder)
      return folder
    }
    case 'remove':
      await rm(ask.folder, { recursive: true, force: true })
      folders.delete(ask.folder)
      return undefined
    case 'spawn':
      return await launch(ask.command)
    case 'signal':
      if (running.has(ask.pid)) signalAll(await processTree(ask.pid), ask.signal)
      return undefined
    case 'end all':
      await endAll()
      return undefined
    case 'end':
      await end(ask.pid, ask.signal, ask.patience)
      return undefined
  }
}

function launch(command: Command): Promise<number> {
  if (ending) throw new Error('All servers of this process are being ended')
  const log = openSync(command.log, 'a')
  const { cwd, uid, gid } = command
  const child = spawn(command.file, command.args, {
    cwd,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', log, log],
    detached: true,
    ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
  })
  closeSync(log)
  const { pid } = child
  if (pid === undefined) return new Promise((_, reject) => child.once('error', reject))
  const ended = new Promise<void>((over) => {
    child.once('exit', (code, signal) => {
      running.delete(pid)
      say({ ended: pid, how: signal ?? `exit code ${code}` })
      over()
    })
  })
  running.set(pid, { command, ended })
  return Promise.resolve(pid)
}

/** Ends a server by a signal, with SIGKILL if that took too long, and waits until its children are gone too. */
async function end(pid: number, signal: NodeJS.Signals, patience: number): Promise<void> {
  const server = running.get(pid)
  if (server === undefined) return
  const tree = await processTree(pid)
  if (signal === 'SIGKILL') {
    signalAll(tree, 'SIGKILL')
  } else {
    signalAll(tree, 'SIGCONT')
    signalAll([pid], signal)
    const timer = setTimeout(async () => signalAll([...(await processTree(pid)), ...tree], 'SIGKILL'), patience)
    await server.ended
    clearTimeout(timer)
  }
  await server.ended
  signalAll(tree.slice(1), 'SIGKILL')
  await until(`the children of ${pid} to end`, 10_000, async () => {
    for (const child of tree) if (await isRunning(child)) return `${child} is still there`
    return undefined
  })
}

function say(message: FromLauncher): void {
  if (process.connected) process.send?.(message)
}

async function endAll(): Promise<void> {
  ending = true
  await Promise.all([...running].map(([pid, { command }]) => end(pid, command.endSignal, 3000)))
  await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true })))
}

process.on('message', async (ask: Ask) => {
  try {
    say({ id: ask.id, value: await answer(ask) })
  } catch (error) {
    say({ id: ask.id, error: messageOf(error) })
  }
})

process.on('disconnect', async () => {
  try {
    await endAll()
    process.exit(0)
  } catch (error) {
    // Nobody listens any more, so that it goes where a person who finds leftovers looks.
    appendFileSync(join(tmpdir(), 'avout-servers-errors.log'), `${messageOf(error)}\n`)
    process.exit(1)
  }
})
