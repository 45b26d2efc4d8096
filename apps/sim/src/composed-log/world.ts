import { composeLog } from '@avout/core'
import { type Random, Scheduler, type SchedulerOptions, type SimProcess, SimStore, Tally } from '@avout/core/testing'
import { Client } from './client.js'
import { FaultyCounter } from './faulty-counter.js'
import { Ledger } from './ledger.js'
import type { Call, Plan } from './plan.js'

const REALM = 'sim'

/** No schedule needs so many. */
const MOST_EVENTS = 40_000

/** The clients, stores and faults of one seed. */
export class World {
  readonly scheduler: Scheduler
  readonly tally = new Tally()
  readonly ledger: Ledger
  readonly #plan: Plan
  readonly #random: Random
  readonly #slots: SimStore
  readonly #counterStore: SimStore
  readonly #counter = new FaultyCounter()
  readonly #clients = new Map<SimProcess, Client | undefined>()
  /** Loops under way, by process: those of a crashed one never end. */
  readonly #open = new Map<SimProcess, number>()
  #joined = 0
  /** The faults are over. */
  #calm = false

  constructor(plan: Plan, options: Pick<SchedulerOptions, 'drain' | 'trace'> = {}) {
    this.#plan = plan
    this.scheduler = new Scheduler({
      seed: plan.seed,
      shuffleTies: plan.shuffleTies,
      ...options,
      trace: (event) => {
        this.ledger.look()
        options.trace?.(event)
      },
    })
    this.#random = this.scheduler.random.stream('nemesis')
    this.#slots = new SimStore(this.scheduler, { id: 'slots', faults: plan.slots })
    this.#counterStore = plan.oneStore
      ? this.#slots
      : new SimStore(this.scheduler, { id: 'counter', faults: plan.counter })
    this.ledger = new Ledger(this.#slots, REALM, this.tally)
  }

  async run(): Promise<void> {
    for (let i = 0; i < this.#plan.clients; i++) this.#join()
    this.#setNemesis()
    if (!(await this.#rest('to come to rest, with faults'))) return
    this.#calm = true
    for (const store of [this.#slots, this.#counterStore]) store.calm()
    for (const process of this.#clients.keys()) process.resume()
    if (!(await this.#rest('to come to rest'))) return
    await this.#aftermath()
    await this.#finish()
    this.ledger.look()
    this.tally.count('epoch', this.ledger.epochs())
  }

  /** What is late still arrives. */
  async #aftermath(): Promise<void> {
    const { delay, slowBy, patience, lateBy } = this.#plan.slots
    await this.scheduler.advance(2 * delay[1] * slowBy + patience + lateBy[1])
  }

  /** With all faults over everyone appends once more, at once; then all see the same. */
  async #finish(): Promise<void> {
    this.#join({ works: false })
    if (!(await this.#rest('to join'))) return
    const live = [...this.#clients].filter(([process]) => !process.crashed)
    for (const kind of ['append', 'lookAtAll'] as const) {
      for (const [process, client] of live) {
        this.#task(process, async () => {
          if (client === undefined) this.ledger.violate(`${process.name} never got in`)
          else if (kind === 'lookAtAll') await client.lookAtAll()
          else if (!(await this.#appends(client))) this.ledger.violate(`${process.name} cannot append any more`)
        })
      }
      if (!(await this.#rest(`of ${kind}`))) return
    }
  }

  /** Who had not looked for long may win a trimmed slot first, where the counter went back meanwhile. */
  async #appends(client: Client): Promise<boolean> {
    return (await client.call('append')) || client.call('append')
  }

  #join({ works = true } = {}): void {
    const process = this.scheduler.process(`c${++this.#joined}`)
    this.#clients.set(process, undefined)
    this.#task(process, async () => {
      const client = await this.#connect(process)
      this.#clients.set(process, client)
      if (works) for (let i = 0; i < this.#plan.callers; i++) this.#task(process, () => this.#work(client))
    })
  }

  async #connect(process: SimProcess): Promise<Client> {
    const { holeWait } = this.#plan
    const slots = this.#slots.on(process)
    const counter = this.#counter.over(this.#counterStore.on(process))
    const backend = composeLog({ counter, slots }, { holeWait })
    const { clock } = process.platform
    for (;;) {
      try {
        const { log } = await backend.open({ realm: REALM, clock, report: () => undefined })
        return new Client(process, log, this.ledger, this.tally)
      } catch (error) {
        this.tally.count('opening failed')
        if (this.scheduler.events > MOST_EVENTS) throw error
        await clock.sleep(10)
      }
    }
  }

  async #work(client: Client): Promise<void> {
    const { calls, think, weights } = this.#plan
    const kinds = Object.entries(weights).flatMap(([kind, weight]) =>
      Array.from({ length: weight }, () => kind as Call),
    )
    for (let i = 0; i < calls; i++) {
      if (think > 0) await client.process.platform.clock.sleep(client.random.next() * think)
      await client.call(client.random.pick(kinds))
    }
  }

  #setNemesis(): void {
    const { crashes, pauses, outages, counterFaults } = this.#plan
    const at = (times: number, what: string, task: () => void) => {
      const strike = () => {
        if (!this.#calm) task()
      }
      for (let i = 0; i < times; i++) this.scheduler.schedule(this.#random.next() * 400, strike, what)
    }
    at(crashes, 'crash', () => this.#crash())
    at(pauses, 'pause', () => this.#pause())
    at(outages, 'outage', () => this.#outage())
    at(counterFaults, 'counter', () => this.#derail())
  }

  #crash(): void {
    const process = this.#victim()
    if (process === undefined) return
    process.crash()
    this.#open.delete(process)
    this.tally.count('crash')
    this.#join()
  }

  #pause(): void {
    const process = this.#victim()
    if (process === undefined || process.paused) return
    process.pause()
    this.tally.count('pause')
    this.scheduler.schedule(this.#random.next() * this.#plan.pause, () => process.resume(), 'resume')
  }

  #outage(): void {
    const store = this.#random.pick([this.#slots, this.#counterStore])
    store.down = true
    this.scheduler.schedule(
      this.#random.next() * this.#plan.pause,
      () => {
        store.down = false
      },
      'back',
    )
  }

  #derail(): void {
    const back = this.#random.chance(0.5)
    const { last } = this.#counter
    this.tally.count(back ? 'counter went back' : 'counter leapt')
    this.#counter.moveTo(back ? this.#random.between(0, last) : last + this.#random.pick([2, 30, 5000]))
  }

  #victim(): SimProcess | undefined {
    const running = [...this.#clients.keys()].filter(({ crashed }) => !crashed)
    return running.length === 0 ? undefined : this.#random.pick(running)
  }

  #task(process: SimProcess, task: () => Promise<void>): void {
    const change = (by: number) => {
      const open = this.#open.get(process)
      if (open !== undefined) this.#open.set(process, open + by)
    }
    if (!this.#open.has(process)) this.#open.set(process, 0)
    change(1)
    task().then(
      () => change(-1),
      (error: unknown) => {
        this.ledger.violate(`${process.name} failed: ${String(error)}`)
        change(-1)
      },
    )
  }

  /** Runs until all loops have ended. */
  async #rest(what: string): Promise<boolean> {
    const idle = () => [...this.#open.values()].every((open) => open === 0)
    const end = await this.scheduler.run({ until: idle, limit: MOST_EVENTS })
    if (end !== 'done') this.ledger.violate(`${end === 'idle' ? 'nothing happens any more' : 'no end'} for all ${what}`)
    return end === 'done'
  }
}
