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
import { isTake, putTo } from './work/queues.js'

/** No schedule needs so many; one that does goes round in circles. */
const MOST_EVENTS = 60_000

/** How long the last late copies may take, in ms. */
const AFTERMATH = 1000

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
  /** By process: how many of its calls from outside are under way. */
  readonly #tasks = new Map<SimProcess, number>()
  #joined = 0

  constructor(plan: Plan, options: Pick<SchedulerOptions, 'drain' | 'trace'> = {}) {
    this.plan = plan
    this.scheduler = new Scheduler({ seed: plan.seed, start: 1_000_000, shuffleTies: plan.shuffleTies, ...options })
    this.stores = Array.from({ length: plan.homes }, (_, i) => {
      const store = new SimStore(this.scheduler, { id: storeId(i), faults: plan.faults })
      return store
    })
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
    this.tally.count('crash')
    process.crash()
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
    const under = () => {
      this.#nemesis.look()
      return this.#isQuiet()
    }
    await this.scheduler.run({ until: under, limit: MOST_EVENTS / 2 })
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
      for (let round = 0; this.#count() > 1 && round < 500; round++) {
        if (this.#waiting() > 0) for (const queue of this.refs.queues) await putTo(feeder, queue)
        await feeder.sleep(20)
      }
    })
    return this.#runUntil(() => this.#isIdle(), 'to come to rest')
  }

  /** Everyone looks at everything once more, a client that starts cold too; then all is flushed and closed. */
  async #finish(): Promise<void> {
    await this.scheduler.advance(AFTERMATH)
    await this.#latecomer()
    for (const client of this.live) this.#task(client.process, () => client.lookAtAll())
    if (!(await this.#runUntil(() => this.#isIdle(), 'to look at everything'))) return
    for (const client of this.live) this.#task(client.process, () => client.avout.flush())
    if (!(await this.#runUntil(() => this.#isIdle(), 'to flush'))) return
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
    await this.#runUntil(() => client !== undefined || (this.#tasks.get(process) ?? 0) === 0, 'to connect')
    return client
  }

  #machine(): SimProcess {
    const process = this.scheduler.process(`c${++this.#joined}`)
    this.#tasks.set(process, 0)
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
    for (;;) {
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
        await process.platform.clock.sleep(10)
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
    this.#tasks.set(process, (this.#tasks.get(process) ?? 0) + 1)
    const done = () => this.#tasks.set(process, (this.#tasks.get(process) ?? 0) - 1)
    task().then(done, (error: unknown) => {
      this.violate(`${process.name} failed: ${describe(error)}`)
      done()
    })
  }

  /** Only who waits for an item is still at work. */
  #isQuiet(): boolean {
    return this.#isIdle() || (this.#count() > 0 && this.#count() <= this.#waiting())
  }

  #isIdle(): boolean {
    return this.#count() === 0
  }

  #count(): number {
    let count = 0
    for (const [process, tasks] of this.#tasks) if (!process.crashed) count += tasks
    return count
  }

  #waiting(): number {
    const open = (call: Recorder['calls'][number]) =>
      call.outcome === undefined && isTake(call) && !this.clients[call.client]?.process.crashed
    return this.recorder.calls.filter(open).length
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
