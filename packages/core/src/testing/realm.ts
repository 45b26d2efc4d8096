import { platform as host } from '#platform'
import type { Avout } from '../api/avout.js'
import type { ConnectOptions } from '../api/options.js'
import type { Client } from '../engine/client.js'
import { connectOn } from '../engine/connect.js'
import { ClosedError, usageError } from '../errors.js'
import { Pump } from './pump.js'
import { Rival } from './rival.js'
import { Scheduler } from './scheduler.js'
import type { SimProcess } from './sim-process.js'
import { SimStore } from './sim-store.js'
import { Troubles } from './troubles.js'

/** Options of a client in a test realm: all of `connect`, but for the store and the clock, which are the test realm's own. */
export type TestConnectOptions = Partial<Omit<ConnectOptions, 'coordinator' | 'clock'>>

export interface TestRealmOptions {
  /**
   * With `'real'`, time is the machine's. With `'manual'`, it stands still until `advance`; what needs no time goes on by
   * itself. `'real'` if absent.
   */
  readonly clock?: 'real' | 'manual' | undefined
  /** Decides what is left to chance: whose record arrives first, how long a back-off is. 1 if absent. */
  readonly seed?: number | undefined
}

/** A realm in the memory of a test, whose time and troubles the test commands. Disposing it closes its clients at once. */
export interface TestRealm extends AsyncDisposable {
  /** Connects one more client, on a machine of its own: `crash` ends one, and the others go on. */
  connect(options?: TestConnectOptions): Promise<Avout>
  /**
   * Lets `ms` milliseconds pass, and resolves when all that fell due has run: timeouts, polling of parked transactions, back-off
   * between attempts, leases. Rejects with a TypeError where the clock is real.
   */
  advance(ms: number): Promise<void>
  /**
   * Each of the next `times` (1) records that clients append meets a rival that was faster, on every ref that the record
   * writes: its transactions lose and run again. The rival writes the values that were there, so only versions change;
   * watches see a change from a value to itself. From the third conflict in a row on attempts back off, which takes time.
   */
  conflictNext(times?: number): void
  /** The next record that a client appends is applied, and the client told that the store did not answer. */
  loseNextAck(): void
  /**
   * Ends a client's machine where it stands. What it had sent may be applied; none of its calls ever settles, and nothing of
   * it runs again. Closing it resolves, and does nothing.
   */
  crash(client: Avout): void
}

const OPTIONS = ['clock', 'seed']

/** When manual time begins. */
const START = Date.UTC(2020, 0, 1)

/**
 * A realm for tests of programs that use Avout: clients over one simulated store, in one process. No call waits for anything real,
 * and with a manual clock none waits for time: half a minute of timeout passes as fast as the machine computes.
 *
 * ```ts
 * await using realm = testRealm({ clock: 'manual' })
 * const avout = await realm.connect()
 * realm.conflictNext()
 * await transfer(avout, 'alice', 'bob', 30) // its first attempt loses
 * ```
 *
 * @throws TypeError for options that there are not.
 */
export function testRealm(options: TestRealmOptions = {}): TestRealm {
  checkOptions(options)
  return new Realm(options.clock ?? 'real', options.seed ?? 1)
}

class Realm implements TestRealm {
  readonly #clock: 'real' | 'manual'
  readonly #scheduler: Scheduler
  readonly #store: SimStore
  readonly #pump: Pump
  readonly #troubles: Troubles
  readonly #processes = new Map<Avout, SimProcess>()
  readonly #rivals = new Map<string, Rival>()
  readonly #rivalMachine: SimProcess
  #machines = 0
  #ended: Promise<void> | undefined

  constructor(clock: 'real' | 'manual', seed: number) {
    this.#clock = clock
    const start = clock === 'real' ? host.clock.now() : START
    this.#scheduler = new Scheduler({ seed, start })
    this.#store = new SimStore(this.#scheduler, { id: 'test' })
    this.#pump = new Pump(this.#scheduler, clock)
    this.#rivalMachine = this.#scheduler.process('rival')
    const random = this.#scheduler.random.stream('network')
    this.#troubles = new Troubles(this.#store, random, (realm) => this.#rivalOf(realm))
  }

  async connect(options: TestConnectOptions = {}): Promise<Avout> {
    this.#checkOpen()
    for (const own of ['coordinator', 'clock']) {
      if (own in options) throw usageError('AVOUT_OPTION', `a test realm has its own ${own}: leave the option out`)
    }
    const process = this.#scheduler.process(`client ${++this.#machines}`)
    const coordinator = this.#troubles.on(process)
    const client = await connectOn(process.platform, { realm: 'test', ...options, coordinator })
    silenceWhenCrashed(client, process)
    this.#processes.set(client, process)
    return client
  }

  async advance(ms: number): Promise<void> {
    this.#checkOpen()
    if (this.#clock === 'real') {
      throw usageError('AVOUT_CLOCK', "the time of this realm is the machine's: make it with { clock: 'manual' }")
    }
    if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
      throw usageError('AVOUT_OPTION', `advance takes a number of milliseconds, 0 or more, not ${String(ms)}`)
    }
    await this.#pump.advance(ms)
  }

  conflictNext(times = 1): void {
    if (!Number.isSafeInteger(times) || times < 1) {
      throw usageError('AVOUT_OPTION', `conflictNext takes a number of appends, 1 or more, not ${String(times)}`)
    }
    this.#troubles.conflicts += times
  }

  loseNextAck(): void {
    this.#troubles.lostAcks++
  }

  crash(client: Avout): void {
    const process = this.#processes.get(client)
    if (process === undefined) {
      throw usageError('AVOUT_NOT_A_CLIENT', 'this is no client of this realm: crash one that its connect() answered')
    }
    process.crash()
    client.close = () => Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end(): Promise<void> {
    await Promise.all([...this.#processes.keys()].map((client) => client.close({ drain: 0 })))
    this.#pump.stop()
  }

  #rivalOf(realm: string): Rival {
    const rival = this.#rivals.get(realm) ?? new Rival(this.#store, realm, this.#rivalMachine.platform)
    this.#rivals.set(realm, rival)
    return rival
  }

  #checkOpen(): void {
    if (this.#ended !== undefined) throw new ClosedError('this test realm has ended: make another one')
  }
}

/** The events of a crashed machine never come; what needs none to end must not tell of its end either. */
function silenceWhenCrashed({ engine }: Client, process: SimProcess): void {
  const dosync: typeof engine.dosync = engine.dosync.bind(engine)
  engine.dosync = (body, options, isReadOnly, isLast) =>
    new Promise((resolve, reject) => {
      dosync(body, options, isReadOnly, isLast).then(
        (value) => {
          if (!process.crashed) resolve(value)
        },
        (error: unknown) => {
          if (!process.crashed) reject(error)
        },
      )
    })
}

function checkOptions(options: TestRealmOptions): void {
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key)) {
      throw usageError('AVOUT_OPTION', `testRealm has the unknown option "${key}": there are ${OPTIONS.join(', ')}`)
    }
  }
  const { clock = 'real', seed = 1 } = options
  if (clock !== 'real' && clock !== 'manual') {
    throw usageError('AVOUT_OPTION', `the option "clock" of testRealm is 'real' or 'manual'`)
  }
  if (!Number.isSafeInteger(seed)) throw usageError('AVOUT_OPTION', 'the option "seed" of testRealm is an integer')
}
