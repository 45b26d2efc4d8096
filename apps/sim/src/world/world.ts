import type { ConnectOptions } from '@avout/core'
import {
  connectOn,
  Scheduler,
  type SchedulerOptions,
  type SimProcess,
  SimStore,
  Tally,
  traceRuns,
} from '@avout/core/testing'
import { Client, describe } from './client.js'
import { Nemesis } from './nemesis.js'
import type { Plan } from './plan.js'
import { CallerGaveUp, endingOf, Recorder } from './recorder.js'
import { type Refs, refsOf, storeId } from './refs.js'
import { WORK } from './work/kinds.js'
import { putTo } from './work/queues.js'

/** No schedule needs so many; one that does goes round in circles. */
const MOST_EVENTS = 60_000

/** One seed's clients, stores and faults, from the first connection to the last close. */
export class World {
  readonly realm = 'sim'
  readonly plan: Plan
  readonly scheduler: Scheduler
  readonly stores: readonly SimStore[]
  readonly refs: Refs
  readonly recorder: Recorder
  readonly tally = new Tally()
  readonly violations: string[] = []
  readonly gaveUp = new CallerGaveUp()
  /** All that ever connected. */
  readonly clients: Client[] = []
  /** Items of the queues: meant to be put, surely put, taken. */
  readonly queued = { offered: new Set<number>(), put: new Set<number>(), taken: [] as number[] }
  /** Knew what a rollback lost: what they told their callers may be gone. */
  readonly forgotten = new Set<SimProcess>()
  readonly #nemesis: Nemesis
  /** By process: how many of its tasks are under way, and how many of them wait for an item. */
  readonly #tasks = new Map<SimProcess, { open: number; waiting: number }>()
  /** Of the processes that run. */
  #open = 0
  #waiting = 0
  #joined = 0

  constructor(plan: Plan, options: Pick<SchedulerOptions, 'drain' | 'trace'> = {}) {
    this.plan = plan
    this.scheduler = new Scheduler({ seed: plan.seed, start: 1_000_000, shuffleTies: plan.shuffleTies, ...options })
    const faults = plan.calmStart ? { delay: plan.faults.delay } : plan.faults
    this.stores = Array.from({ length: plan.homes }, (_, i) => new SimStore(this.scheduler, { id: storeId(i), faults }))
    this.refs = refsOf(plan)
    this.recorder = new Recorder(this.scheduler)
    this.#nemesis = new Nemesis(this)
  }

  /** The store that has the log. */
  get log(): SimStore {
    return this.stores[0] as SimStore
  }

  /** Those that run, connected or not. */
  get processes(): SimProcess[] {
    return [...this.#tasks.keys()].filter(({ crashed }) => !crashed)
  }

  get live(): Client[] {
    return this.clients.filter(({ process }) => !process.crashed)
  }

  violate(violation: string): void {
    if (this.violations.length < 20) this.violations.push(violation)
  }

  /** A new client connects, and its callers go to work. */
  join(): void {
    const process = this.#machine()
    this.#task(process, async () => {
      const client = await this.#connect(process)
      if (client === undefined) return
      client.watch()
      for (let i = 0; i < this.plan.callers; i++) this.#task(process, () => this.#work(client))
    })
  }

  crash(process: SimProcess): void {
    if (process.crashed) return
    this.tally.count('crash')
    const tasks = this.#tasks.get(process)
    this.#open -= tasks?.open ?? 0
    this.#waiting -= tasks?.waiting ?? 0
    process.crash()
  }

  /** A task of `process` begins, or ceases, to wait for an item. */
  waits(process: SimProcess, change: 1 | -1): void {
    const tasks = this.#tasks.get(process)
    if (tasks === undefined) return
    tasks.waiting += change
    this.#waiting += change
  }

  /** What this process told its callers may be lost. */
  forget(process: SimProcess): void {
    this.forgotten.add(process)
  }

  rolledBack(): void {
    this.tally.count('entries lost')
  }

  async run(): Promise<void> {
    for (let i = 0; i < this.plan.clients; i++) this.join()
    const connected = () => this.clients.length === this.plan.clients
    if (this.plan.calmStart && !(await this.#runUntil(connected, 'to connect'))) return
    for (const store of this.stores) store.faults = this.plan.faults
    const quiet = () => {
      this.#nemesis.look()
      return this.#isQuiet()
    }
    await this.scheduler.run({ until: quiet, limit: MOST_EVENTS / 2 })
    for (const store of this.stores) store.calm()
    for (const process of this.processes) process.resume()
    if (!(await this.#settle())) return
    await this.#finish()
  }

  /** With all faults over, everyone must come to an end: those who wait for items get some. */
  async #settle(): Promise<boolean> {
    const feeder = this.live[0] ?? (await this.#latecomer())
    if (feeder === undefined) return false
    this.#task(feeder.process, async () => {
      for (let round = 0; this.#open > 1 && round < 500; round++) {
        if (this.#waiting > 0) for (const queue of this.refs.queues) await putTo(feeder, queue)
        await feeder.sleep(50)
      }
    })
    return this.#runUntil(() => this.#isIdle(), 'to come to rest')
  }

  /** Everyone looks at everything once more, a client that starts cold too; then all is flushed and closed. */
  async #finish(): Promise<void> {
    const judged = () => this.live.every(({ inspection }) => inspection.inFlight === 0)
    if (!(await this.#runUntil(judged, 'to learn its verdicts'))) return
    await this.scheduler.advance(this.#aftermath)
    await this.#latecomer()
    for (const client of this.live) this.#task(client.process, () => client.lookAtAll())
    if (!(await this.#runUntil(() => this.#isIdle(), 'to look at everything'))) return
    for (const client of this.live) this.#task(client.process, () => client.avout.flush())
    if (!(await this.#runUntil(() => this.#isIdle(), 'to flush'))) return
    // Watches wait for values that only their containers hold.
    await this.scheduler.advance(this.#aftermath)
  }

  /** Ends all clients: nothing of them may go on. */
  async close(): Promise<void> {
    for (const client of this.live) this.#task(client.process, () => client.avout.close())
    if (!(await this.#runUntil(() => this.#isIdle(), 'to close'))) return
    const end = await this.scheduler.run({ limit: 2000 })
    if (end !== 'idle') this.violate('something goes on after all clients were closed')
  }

  /** A client that knows nothing, while nobody else does anything. */
  async #latecomer(): Promise<Client | undefined> {
    const process = this.#machine()
    let client: Client | undefined
    this.#task(process, async () => {
      client = await this.#connect(process)
    })
    await this.#runUntil(() => client !== undefined || this.#tasks.get(process)?.open === 0, 'to connect')
    return client
  }

  /** How long the last late copies may take, in ms. */
  get #aftermath(): number {
    const { delay, slowBy, patience, lateBy } = this.plan.faults
    return delay[1] * slowBy + patience + lateBy[1]
  }

  #machine(): SimProcess {
    const process = this.scheduler.process(`c${++this.#joined}`)
    this.#tasks.set(process, { open: 0, waiting: 0 })
    return process
  }

  async #connect(process: SimProcess): Promise<Client | undefined> {
    const { plan } = this
    const [coordinator, ...backends] = this.stores.map((store) => store.on(process))
    const options: ConnectOptions = {
      coordinator: coordinator as NonNullable<typeof coordinator>,
      backends,
      realm: this.realm,
      name: process.name,
      ambient: plan.ambient,
      materialize: plan.materialize,
      founding: { window: plan.window, inlineLimit: plan.inlineLimit },
    }
    for (let wait = 10; ; wait = Math.min(1000, 2 * wait)) {
      try {
        const avout = await connectOn(process.platform, options)
        const client = new Client(this, this.clients.length, process, avout)
        traceRuns(avout, (run) => client.runs.push(run))
        this.clients.push(client)
        return client
      } catch (error) {
        if (endingOf(error) === undefined) {
          this.violate(`${process.name} could not connect: ${describe(error)}`)
          return undefined
        }
        this.tally.count('connecting failed')
        await process.platform.clock.sleep(wait)
      }
    }
  }

  async #work(client: Client): Promise<void> {
    const { callsPerCaller, think, kinds } = this.plan
    const all = kinds.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind))
    for (let i = 0; i < callsPerCaller; i++) {
      if (think > 0) await client.sleep(client.random.next() * think)
      await WORK[client.random.pick(all)](client)
    }
  }

  #task(process: SimProcess, task: () => Promise<void>): void {
    const tasks = this.#tasks.get(process)
    if (tasks === undefined) throw new Error(`${process.name} is not of this world`)
    tasks.open++
    this.#open++
    const done = () => {
      tasks.open--
      this.#open--
    }
    task().then(done, (error: unknown) => {
      this.violate(`${process.name} failed: ${describe(error)}`)
      done()
    })
  }

  /** At most those who wait for an item are still at work. */
  #isQuiet(): boolean {
    return this.#open <= this.#waiting
  }

  #isIdle(): boolean {
    return this.#open === 0
  }

  async #runUntil(until: () => boolean, what: string): Promise<boolean> {
    const end = await this.scheduler.run({ until, limit: MOST_EVENTS })
    if (end === 'done') return true
    const open = this.recorder.calls
      .filter(({ outcome, client }) => outcome === undefined && !this.clients[client]?.process.crashed)
      .map(({ id, kind, client }) => `T${id} (${kind} of client ${client})`)
    const state = end === 'idle' ? 'nothing happens any more' : `${MOST_EVENTS} events were not enough`
    this.violate(`${state} for all ${what}; open: ${open.join(', ') || 'none'}`)
    return false
  }
}
