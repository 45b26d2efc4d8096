import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Load } from '../load.js'
import type { Setup } from '../setup.js'
import type { OpenSystem, System } from '../systems/system.js'
import type { Answers, Ask, Reply } from './messages.js'

/** The built one, also when this file runs from its source. */
const worker = new URL('../../dist/processes/worker.js', import.meta.url)

/**
 * Processes that share a workload's loops. The one that has the crew runs none itself: it hands out rounds and counts what the
 * others did together.
 */
export class Crew implements AsyncDisposable {
  readonly #members: readonly Member[]

  private constructor(members: readonly Member[]) {
    this.#members = members
  }

  /** Starts them. To be called before anything connects: a child of a process with ZooKeeper's compiled driver disturbs it. */
  static async start(setup: Setup): Promise<Crew> {
    const crew = new Crew(Array.from({ length: setup.processes }, () => new Member()))
    try {
      await crew.#all({ do: 'set up', setup })
      return crew
    } catch (error) {
      await crew[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The system in place `n` of those that the setup names, its loops spread over the crew. */
  system({ name, setting }: System, n: number): System {
    return {
      name,
      ...(setting && { setting }),
      open: async (workload) => {
        const [first, ...others] = this.#members as [Member, ...Member[]]
        const place = await first.ask({ do: 'open', system: n, workload })
        const join = others.map((member) => member.ask({ do: 'join', system: n, workload, place }))
        const open: OpenSystem = {
          run: (load) => this.#run(load),
          balances: () => first.ask({ do: 'balances' }),
          [Symbol.asyncDispose]: async () => {
            // Whoever opened the place removes it, so it is the last.
            await Promise.all(others.map((member) => member.ask({ do: 'close' })))
            await first.ask({ do: 'close' })
          },
        }
        try {
          await Promise.all(join)
          return open
        } catch (error) {
          await Promise.allSettled(join)
          await open[Symbol.asyncDispose]()
          throw error
        }
      },
    }
  }

  async #run(load: Load): Promise<void> {
    const { accounts, concurrency } = load.workload
    await this.#all({ do: 'collect' })
    let firstLoop = 0
    const shares = this.#members.map((member, n) => {
      const end = Math.round((concurrency * (n + 1)) / this.#members.length)
      const workload = { accounts, concurrency: end - firstLoop }
      const most = shareOf(load.most, n, this.#members.length)
      const share = member.ask({ do: 'run', workload, ms: load.ms, firstLoop, most })
      firstLoop = end
      return share
    })
    for (const share of await Promise.all(shares)) load.add(share)
  }

  async #all(ask: Ask): Promise<void> {
    await Promise.all(this.#members.map((member) => member.ask(ask)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()))
  }
}

/** What one of several does of what all do together. */
function shareOf(all: number, n: number, members: number): number {
  if (all === Number.POSITIVE_INFINITY) return all
  return Math.round((all * (n + 1)) / members) - Math.round((all * n) / members)
}

class Member {
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>

  constructor() {
    this.#process = fork(worker, { serialization: 'advanced' })
    this.#ended = once(this.#process, 'exit')
  }

  async ask<A extends Ask>(ask: A): Promise<Answers[A['do']]> {
    const message = once(this.#process, 'message') as Promise<[Reply]>
    this.#process.send(ask)
    const reply = await Promise.race([message, this.#ended.then(() => undefined)])
    if (reply === undefined) throw new Error(`a process of the benchmark ended when asked to ${ask.do}`)
    const [said] = reply
    if ('error' in said) throw new Error(`a process of the benchmark, asked to ${ask.do}: ${said.error}`)
    return said.answer as Answers[A['do']]
  }

  async end(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect()
    await this.#ended
  }
}
