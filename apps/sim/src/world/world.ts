import { Scheduler, type SchedulerOptions, type SimProcess, SimStore, Tally } from '@avout/core/testing'
import { type Client, describe } from './client.js'
import { composed, connect } from './connect.js'
import { Nemesis } from './nemesis.js'
import type { Plan } from './plan.js'
import { CallerGaveUp, Recorder } from './recorder.js'
import { type Refs, refsOf, storeId } from './refs.js'
import { WORK } from './work/kinds.js'
import { putTo, sleepers } from './work/queues.js'
import { agentOf, type Effect } from './work/sends.js'

/** No schedule needs so many; one that does goes round in circles. */
const MOST_EVENTS = 60_000

/** A call that sleeps until one of these queues has an item. */
export interface Waiter {
  readonly client: Client
  readonly queues: Refs['queues']
}

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
  /** Calls that a bound refused. */
  readonly refused = new Set<number>()
  /** By call: what was to be added to the stock, or put into the bag. */
  readonly operated = new Map<number, number>()
  /** What calls meant to send to the agent, and what of that they threw away. */
  readonly sent = new Map<number, { readonly items: readonly number[]; readonly dropped: number }>()
  /** Calls of the agent's handler. */
  readonly effects: Effect[] = []
  /** Knew what a rollback lost: what they told their callers may be gone. */
  readonly forgotten = new Set<SimProcess>()
  readonly #nemesis: Nemesis
  /** Calls of processes that run. */
  readonly waiting = new Set<Waiter>()
  /** What clients were told of ids that they asked for. */
  readonly outcomes: { id: string; acknowledged: boolean; answer: string; client: SimProcess }[] = []
  /** When all faults were over. */
  calmSince = Number.POSITIVE_INFINITY
  /** By process: how many of its tasks are under way. */
  readonly #tasks = new Map<SimProcess, number>()
  /** Of the processes that run. */
  #open = 0
  #joined = 0

  constructor(plan: Plan, options: Pick<SchedulerOptions, 'drain' | 'trace'> = {}) {
    this.plan = plan
    this.scheduler = new Scheduler({ seed: plan.seed, start: 1_000_000, shuffleTies: plan.shuffleTies, ...options })
    const faults = plan.calmStart ? { delay: plan.faults.delay } : plan.faults
    this.stores = Array.from(
      { length: plan.homes },
      (_, i) => new SimStore(this.scheduler, { id: storeId(i), faults, ...plan.stores[i] }),
    )
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
      const client = await connect(this, process)
      if (client === undefined) return
      client.watch()
      for (let i = 0; i < this.plan.callers; i++) this.#task(process, () => this.#work(client))
    })
  }

  crash(process: SimProcess): void {
    if (process.crashed) return
    this.tally.count('crash')
    this.#open -= this.#tasks.get(process) ?? 0
    for (const waiter of this.waiting) if (waiter.client.process === process) this.waiting.delete(waiter)
    process.crash()
  }

  /** A call begins to wait for an item; it ceases to when the answer is called. */
  waits(waiter: Waiter): () => void {
    this.waiting.add(waiter)
    return () => this.waiting.delete(waiter)
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
    this.calmSince = this.scheduler.now
    if (!(await this.#settle())) return
    await this.#finish()
  }

  /** With all faults over, everyone must come to an end: those who wait for items get some. */
  async #settle(): Promise<boolean> {
    const feeder = this.live[0] ?? (await this.#latecomer())
    if (feeder === undefined) return false
    this.#task(feeder.process, async () => {
      for (let round = 0; this.#open > 1 && round < 500; round++) {
        if (this.waiting.size > 0) await this.#feed(feeder)
        await feeder.sleep(50)
      }
    })
    return this.#runUntil(() => this.#isIdle(), 'to come to rest')
  }

  async #feed(feeder: Client): Promise<void> {
    for (const { client, queues } of await sleepers(feeder)) {
      this.violate(`${client.name} sleeps, although there is an item in ${queues.map(({ name }) => name)}`)
    }
    for (const queue of this.refs.queues) await putTo(feeder, queue)
  }

  /** Everyone looks at everything once more, a client that starts cold too; then all is flushed and closed. */
  async #finish(): Promise<void> {
    if (!(await this.#flushOne()) || !(await this.#flush())) return
    await this.scheduler.advance(this.#aftermath)
    const latecomer = await this.#latecomer()
    if (latecomer !== undefined && !(await this.#settleAgent(latecomer))) return
    for (const client of this.live) this.#task(client.process, () => client.lookAtAll())
    if (!(await this.#runUntil(() => this.#isIdle(), 'to look at everything'))) return
    if (!(await this.#flush())) return
    // Watches wait for values that only their containers hold.
    await this.scheduler.advance(this.#aftermath)
  }

  /** All that was sent is applied, whoever ran the agent before. */
  async #settleAgent(client: Client): Promise<boolean> {
    if (this.sent.size === 0) return true
    agentOf(client).run({ mode: 'continue' })
    for (const each of this.live) this.#task(each.process, () => agentOf(each).settled())
    return this.#runUntil(() => this.#isIdle(), 'to see the agent settled')
  }

  /** One client flushes while nobody else does: then all that it knew to be committed is in its containers. */
  async #flushOne(): Promise<boolean> {
    const client = this.scheduler.random.pick(this.live)
    const known = client.inspection.position
    this.#task(client.process, () => client.flush())
    if (!(await this.#runUntil(() => this.#isIdle(), 'to flush'))) return false
    for (const [ref, { version, exists, position }] of client.inspection.heads()) {
      if (
        !exists ||
        position > known ||
        this.stores.some((store) => store.peek(this.realm, ref, version) !== undefined)
      )
        continue
      this.violate(`${client.name} has flushed, and ${ref} at ${version} is in no container`)
    }
    return true
  }

  #flush(): Promise<boolean> {
    for (const client of this.live) this.#task(client.process, () => client.flush())
    return this.#runUntil(() => this.#isIdle(), 'to flush')
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
      client = await connect(this, process)
    })
    await this.#runUntil(() => client !== undefined || this.#tasks.get(process) === 0, 'to connect')
    return client
  }

  /** How long the last late copies may take, in ms. */
  get #aftermath(): number {
    const { delay, slowBy, patience, lateBy } = this.plan.faults
    return delay[1] * slowBy + patience + lateBy[1]
  }

  /** The log's records from the first position on: what the stores say in the end. */
  async records(): Promise<readonly Uint8Array[]> {
    if (!this.plan.composed) return this.log.entries(this.realm).map(({ record }) => record)
    const machine = this.scheduler.process('auditor')
    const context = { realm: this.realm, clock: machine.platform.clock, report: () => undefined }
    const reading = composed(this.log.on(machine))
      .open(context)
      .then(async (session) => {
        const entries = await session.log.read(0, Number.MAX_SAFE_INTEGER)
        await session.close()
        return entries
      })
    let records: readonly Uint8Array[] | undefined
    this.#task(machine, async () => {
      records = (await reading).map(({ record }) => record)
    })
    await this.#runUntil(() => records !== undefined, 'to read the log')
    return records ?? []
  }

  #machine(): SimProcess {
    const process = this.scheduler.process(`c${++this.#joined}`)
    this.#tasks.set(process, 0)
    return process
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
    const change = (by: 1 | -1) => {
      this.#tasks.set(process, (this.#tasks.get(process) ?? 0) + by)
      this.#open += by
    }
    const done = () => change(-1)
    change(1)
    task().then(done, (error: unknown) => {
      this.violate(`${process.name} failed: ${describe(error)}`)
      done()
    })
  }

  /** At most those who wait for an item are still at work. */
  #isQuiet(): boolean {
    return this.#open <= this.waiting.size
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
