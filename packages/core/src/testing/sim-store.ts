import type { Backend, Primitives, Session } from '../contracts/backend.js'
import type { Data } from '../contracts/data.js'
import type { Entry } from '../contracts/log.js'
import type { Head } from '../contracts/versions.js'
import { Made } from './made.js'
import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'
import { type SimCounterState, simCounter } from './sim-counter.js'
import { CALM, type Faults } from './sim-faults.js'
import { type LinkStore, SimLink } from './sim-link.js'
import { simLock } from './sim-lock.js'
import { SimLockQueue } from './sim-lock-queue.js'
import { SimLogState, simLog } from './sim-log.js'
import type { SimProcess } from './sim-process.js'
import { SimRegister, simState } from './sim-state.js'
import { SimVersionsState, simVersions, type ValueForm } from './sim-versions.js'
import { Tally } from './tally.js'

export type SimBackend = Backend<keyof Primitives>

/** How a store differs from others that keep the same contracts. */
export interface StoreForm extends ValueForm {
  /** Whether an append takes values along. */
  readonly together?: boolean | undefined
}

interface SimRealm {
  readonly log: SimLogState
  readonly versions: SimVersionsState
  readonly counters: Made<SimCounterState>
  readonly locks: Made<SimLockQueue>
  readonly states: Made<SimRegister>
}

/**
 * A store in virtual time, with every primitive and every fault that its contracts allow. Without faults it passes the same
 * conformance suite as a real one, so that a simulation cannot drift from what it stands for.
 */
export class SimStore implements SimBackend, LinkStore {
  readonly specificationVersion = 1
  readonly id: string
  readonly scheduler: Scheduler
  readonly random: Random
  readonly tally = new Tally()
  /** May be changed at any time; calls that are under way keep the fate they drew. */
  faults: Faults
  /** While true, every call that arrives fails. */
  down = false
  epoch = 0
  readonly #form: StoreForm
  readonly #realms = new Made<SimRealm>(() => ({
    log: new SimLogState(),
    versions: new SimVersionsState(),
    counters: new Made<SimCounterState>(() => ({ value: 0 })),
    locks: new Made(() => new SimLockQueue(this)),
    states: new Made(() => new SimRegister()),
  }))
  readonly #rivals: ((record: Uint8Array) => Promise<void>)[] = []
  #rivalRuns = false
  #acksToLose = 0

  constructor(scheduler: Scheduler, options: { id?: string; faults?: Partial<Faults> } & StoreForm = {}) {
    this.scheduler = scheduler
    this.id = options.id ?? 'sim'
    this.faults = { ...CALM, ...options.faults }
    this.#form = options
    this.random = scheduler.random.stream(`store ${this.id}`)
  }

  /** For a client on no machine of its own: it neither crashes nor pauses. */
  open(context: Parameters<SimBackend['open']>[0]): Promise<Session<keyof Primitives>> {
    return this.#open(context, undefined)
  }

  /** This store as the client on `process` reaches it. */
  on(process: SimProcess): SimBackend {
    return { specificationVersion: 1, id: this.id, open: (context) => this.#open(context, process) }
  }

  /** Ends every fault. What is under way still arrives as it was to. */
  calm(): void {
    this.faults = CALM
    this.down = false
  }

  /**
   * Before each of the next `times` appends is applied, runs `rival` with its record and waits for it: what the rival commits
   * comes first. Appends made meanwhile pass.
   */
  conflictNext(times: number, rival: (record: Uint8Array) => Promise<void>): void {
    for (let i = 0; i < times; i++) this.#rivals.push(rival)
  }

  /** The next append is applied, and its answer gets lost. */
  loseNextAck(): void {
    this.#acksToLose++
  }

  /** Every entry of a realm's log, also the trimmed ones. */
  entries(realm: string): readonly Entry[] {
    return this.#realms.of(realm).log.entries
  }

  /** Puts bytes into the log, as a foreign writer would. */
  plant(realm: string, record: Uint8Array): number {
    const { log } = this.#realms.of(realm)
    return log.append(record, log.tail, 1).position
  }

  /**
   * Loses the last `count` entries of a realm's log, and every connection: what was not answered stays so, what is on its way
   * to the store still arrives. Answers the processes that know of what is lost.
   */
  rollback(realm: string, count: number): ReadonlySet<SimProcess> {
    const { log } = this.#realms.of(realm)
    this.epoch++
    log.rollback(count)
    const knowing = new Set<SimProcess>()
    for (const { told, process } of log.links) if (process !== undefined && told > log.tail) knowing.add(process)
    return knowing
  }

  /** What the store holds at a version, without the network. */
  peek(realm: string, ref: string, version: string): Data | undefined {
    return this.#realms.of(realm).versions.get({ ref, version })
  }

  /** Ref → the versions that the store holds of it. */
  holdings(realm: string): ReadonlyMap<string, ReadonlySet<string>> {
    const { refs } = this.#realms.of(realm).versions
    return new Map([...refs].map(([ref, versions]) => [ref, new Set(versions.keys())]))
  }

  /** Its view of current values in a realm, deletions included, and all that ever was in it. */
  current(realm: string): { readonly now: ReadonlyMap<string, Head>; readonly shown: readonly Head[] } {
    const { current, shown } = this.#realms.of(realm).versions
    return { now: current, shown }
  }

  async #open(
    context: Parameters<SimBackend['open']>[0],
    process: SimProcess | undefined,
  ): Promise<Session<keyof Primitives>> {
    const link = new SimLink(this, process, context.report)
    const realm = this.#realms.of(context.realm)
    const holdings = new Set<() => void>()
    const controls = {
      gate: (record: Uint8Array) => this.#gate(record),
      losesAck: () => this.#acksToLose > 0 && this.#acksToLose-- > 0,
    }
    const log = simLog(realm.log, link, this, controls, this.#form.together ? realm.versions : undefined)
    await link.call('open', () => undefined, { fate: 'well' })
    return {
      log,
      versions: simVersions(realm.versions, link, this, this.#form),
      counter: (name) => simCounter(realm.counters.of(name), link),
      lock: (name) => simLock(name, realm.locks.of(name), link, this, process, holdings),
      state: (name) => simState(realm.states.of(name), link),
      ping: () => link.call('ping', () => undefined),
      close: async () => {
        for (const end of holdings) end()
        link.close()
      },
    }
  }

  #gate(record: Uint8Array): Promise<void> | undefined {
    if (this.#rivalRuns) return undefined
    const rival = this.#rivals.shift()
    if (rival === undefined) return undefined
    this.#rivalRuns = true
    return rival(record).finally(() => {
      this.#rivalRuns = false
    })
  }
}
