import type { Step } from '@avout/conformance/history'
import type { Avout, LocalRef, ReadOptions, RefDefinition, RefKey, TxOptions } from '@avout/core'
import { type Inspection, inspect, type Random, type RunTrace, type SimProcess } from '@avout/core/testing'
import { type Call, endingOf } from './recorder.js'
import type { World } from './world.js'

/** A value that a body was given, to be compared with the version that its run read. */
export interface Sight {
  readonly id: string
  readonly attempt: number
  readonly ref: string
  readonly value: unknown
}

/** What a watch was told. */
export interface Heard {
  readonly ref: string
  readonly old: unknown
  readonly value: unknown
  readonly position: number
}

/** One connected client, and what it saw. */
export class Client {
  readonly number: number
  readonly world: World
  readonly process: SimProcess
  readonly avout: Avout
  readonly random: Random
  readonly runs: RunTrace[] = []
  readonly sights: Sight[] = []
  readonly heard: Heard[] = []
  /** The position from which its watches were told everything. */
  watchedFrom: number | undefined
  /** What its local refs were at in the end. */
  localCounts: readonly [number, number] | undefined
  /** In step with each other, and with what this client committed. */
  readonly locals: readonly [LocalRef<number>, LocalRef<number>]
  readonly flag: LocalRef<boolean>

  constructor(world: World, number: number, process: SimProcess, avout: Avout) {
    this.world = world
    this.number = number
    this.process = process
    this.avout = avout
    this.random = world.scheduler.random.stream(`client ${number}`)
    this.locals = [avout.localRef(0), avout.localRef(0)]
    this.flag = avout.localRef(false as boolean)
  }

  get inspection(): Inspection {
    return inspect(this.avout)
  }

  get name(): string {
    return this.process.name
  }

  sleep(ms: number): Promise<void> {
    return this.process.platform.clock.sleep(ms)
  }

  /** Between the operations of a body: others come first, perhaps. */
  async dawdle(): Promise<void> {
    const { bodySleeps, bodySleep } = this.world.plan
    if (this.random.chance(bodySleeps)) await this.sleep(this.random.next() * bodySleep)
  }

  /** Notes what a body was given for a ref that it has not written. */
  saw(tx: { readonly id: string; readonly attempt: number }, ref: RefKey<any>, value: unknown): void {
    this.sights.push({ id: tx.id, attempt: tx.attempt, ref: ref.name, value })
  }

  /** Makes a call and records how it ends. Answers undefined where it did not succeed. */
  async call<R>(
    details: {
      kind: string
      intended?: readonly Step[]
      isolation?: 'snapshot'
      staleness?: number | undefined
      alone?: boolean
    },
    run: (call: Call) => Promise<R>,
  ): Promise<{ value: R } | undefined> {
    const { recorder } = this.world
    const call = recorder.begin({ client: this.number, intended: [], ...details })
    try {
      const value = await run(call)
      recorder.end(call, 'ok')
      return { value }
    } catch (error) {
      const ending = endingOf(error)
      recorder.end(call, ending ?? 'info')
      if (ending === undefined) this.world.violate(`${call.kind} of ${this.name} rejected with ${describe(error)}`)
      else this.world.tally.count(`${ending}: ${(error as Error).name}`)
      return undefined
    }
  }

  /** From now on it hears of every change of two refs. */
  watch(): void {
    if (!this.world.plan.watches) return
    const { lists, registers, gauges, bag } = this.world.refs
    this.watchedFrom = this.inspection.position
    for (const definition of [lists[0], registers[0], gauges('x'), bag]) {
      if (definition === undefined) continue
      const ref = this.avout.ref(definition as RefDefinition<unknown>)
      ref.addWatch('sim', (_key, { name }, old, value, { position }) =>
        this.heard.push({ ref: name, old, value, position }),
      )
    }
  }

  /** What was asked before the faults were over may still fail. */
  async flush(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.avout.flush()
      } catch (error) {
        if (attempt === 10 || endingOf(error) !== 'failed') throw error
        await this.sleep(10)
      }
    }
  }

  /** The last look, for the checkers: all lists at once, its own local refs. */
  async lookAtAll(): Promise<void> {
    await this.call({ kind: 'last look' }, async (call) => {
      const { lists } = this.world.refs
      const values = await this.avout.read((tx) => tx.getAll(lists))
      call.steps = lists.map(({ name }, i) => ({ f: 'read', key: name, list: values[i] ?? [] }))
    })
    this.localCounts = [await this.locals[0].deref(), await this.locals[1].deref()]
  }

  /** Options by chance: a deadline that may strike, a signal that may abort. */
  options(): Pick<TxOptions, 'timeout' | 'signal'> {
    const { timeouts, aborts } = this.world.plan
    const options: Pick<TxOptions, 'timeout' | 'signal'> = {}
    if (this.random.chance(timeouts)) options.timeout = this.random.between(1, 80)
    if (this.random.chance(aborts)) {
      const controller = new AbortController()
      options.signal = controller.signal
      this.process.schedule(this.random.next() * 40, () => controller.abort(this.world.gaveUp), 'abort')
    }
    return options
  }

  readOptions(): ReadOptions {
    const { staleness } = this.world.plan
    return staleness.length > 0 && this.random.chance(0.5) ? { staleness: this.random.pick(staleness) } : {}
  }
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `, caused by ${describe(error.cause)}`
  const { kind } = error as { kind?: string }
  return `${error.name}${kind === undefined ? '' : ` (${kind})`}: ${error.message}${cause}\n${error.stack}`
}
