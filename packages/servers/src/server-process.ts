import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kind } from './kinds.js'
import { type Command, endServer, howItEnded, launch, makeFolder, removeFolder, signalServer } from './launch.js'
import { isFree } from './ports.js'
import { hasCode } from './process-tree.js'
import type { OwnServer } from './server.js'
import { messageOf, reasonOf, until } from './until.js'

/** How long a server may take until it answers, in ms: less than a test's minute, so that its own error is the one seen. */
const startPatience = 45_000

/** How long a server may take to stop in order, in ms. */
const stopPatience = 20_000

/** What a server program needs to be started, asked and stopped. */
export interface Program {
  readonly kind: Kind
  readonly url: string
  readonly port: number
  readonly command: Omit<Command, 'cwd' | 'log'>
  /** What stops it in order. */
  readonly stopSignal: NodeJS.Signals
  /** Resolves if it does its work, rejects if it does not. */
  ping(): Promise<void>
  /** Frees what neither its end nor the removal of its folder does. */
  cleanUp?(): Promise<void>
}

/** Somebody else took the port between its choice and the start: another one may do. */
export class PortTakenError extends Error {}

/**
 * Makes a folder, has a program set up in it, and starts it.
 *
 * @param label Part of the folder's name.
 * @param setUp Writes what the program needs into the folder, and says how it is run.
 */
export async function startProcess(label: string, setUp: (folder: string) => Promise<Program>): Promise<ServerProcess> {
  const folder = await makeFolder(label)
  try {
    const server = new ServerProcess(folder, await setUp(folder))
    await server.start()
    return server
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
}

/** One process of a server, its folder and its port. */
export class ServerProcess implements OwnServer {
  readonly kind: Kind
  readonly url: string
  readonly nodes: readonly OwnServer[] = [this]
  readonly folder: string
  readonly #program: Program
  readonly #log: string
  #pid: number | undefined
  #closed = false

  constructor(folder: string, program: Program) {
    this.kind = program.kind
    this.url = program.url
    this.folder = folder
    this.#program = program
    this.#log = join(folder, 'server.log')
  }

  get pid(): number | undefined {
    return this.#pid !== undefined && howItEnded(this.#pid) === undefined ? this.#pid : undefined
  }

  get pids(): readonly number[] {
    const pid = this.pid
    return pid === undefined ? [] : [pid]
  }

  /** Its port of 127.0.0.1. */
  get port(): number {
    return this.#program.port
  }

  async start(): Promise<void> {
    await this.launch()
    await this.ready(() => this.#program.ping())
  }

  /** Starts the process without waiting until it answers: what belongs to a group answers when the others are there. */
  async launch(): Promise<void> {
    if (this.#closed) throw new Error(`This ${this.kind} server is closed`)
    if (this.pid !== undefined) throw new Error(`This ${this.kind} server runs already`)
    const { command } = this.#program
    this.#pid = await launch({ ...command, cwd: this.folder, log: this.#log })
  }

  /** Waits until a condition holds, and fails with the last lines of the log if it does not, or the process ends. */
  async ready(condition: () => Promise<void>): Promise<void> {
    try {
      await until(`${this.kind} on port ${this.port} to answer`, startPatience, async () => {
        const how = this.#pid === undefined ? 'not started' : howItEnded(this.#pid)
        if (how === undefined) return await reasonOf(condition())
        const taken = !(await isFree(this.port))
        throw new (taken ? PortTakenError : Error)(`it ended (${how})${taken ? ` as port ${this.port} is taken` : ''}`)
      })
    } catch (error) {
      const text = `${this.kind} did not start: ${messageOf(error)}. Its log ends with:\n${await this.#lastLines()}`
      await this.kill()
      throw error instanceof PortTakenError ? new PortTakenError(text) : new Error(text)
    }
  }

  async stop(): Promise<void> {
    const pid = this.pid
    if (pid !== undefined) await endServer(pid, this.#program.stopSignal, stopPatience)
  }

  async kill(): Promise<void> {
    const pid = this.pid
    if (pid !== undefined) await endServer(pid, 'SIGKILL', 0)
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  async pause(): Promise<void> {
    await signalServer(this.#running(), 'SIGSTOP')
  }

  async resume(): Promise<void> {
    await signalServer(this.#running(), 'SIGCONT')
  }

  async ping(): Promise<void> {
    this.#running()
    await this.#program.ping()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const pid = this.pid
    if (pid !== undefined) await endServer(pid, this.#program.command.endSignal, 3000)
    await this.#program.cleanUp?.()
    await removeFolder(this.folder)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #running(): number {
    const pid = this.pid
    if (pid === undefined) throw new Error(`This ${this.kind} server does not run`)
    return pid
  }

  async #lastLines(): Promise<string> {
    try {
      return (await readFile(this.#log, 'utf8')).trimEnd().split('\n').slice(-20).join('\n')
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return '(no log)'
      throw error
    }
  }
}
