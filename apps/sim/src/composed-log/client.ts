import { UnavailableError } from '@avout/core'
import type { Log } from '@avout/core/backend'
import type { Random, SimProcess, Tally } from '@avout/core/testing'
import type { Ledger } from './ledger.js'
import type { Call } from './plan.js'

/** A client of a composed log, as the engine is one: it knows what it has read, and appends behind it. Every answer is judged. */
export class Client {
  readonly process: SimProcess
  readonly random: Random
  readonly #log: Log
  readonly #ledger: Ledger
  readonly #tally: Tally
  /** The last position that it has read. */
  #seen = 0
  #appends = 0

  constructor(process: SimProcess, log: Log, ledger: Ledger, tally: Tally) {
    this.process = process
    this.random = process.random.stream('calls')
    this.#log = log
    this.#ledger = ledger
    this.#tally = tally
  }

  /** One call. That a store does not answer is no violation; any other failure is. */
  async call(kind: Call): Promise<boolean> {
    try {
      await this[kind]()
      this.#tally.count(kind)
      return true
    } catch (error) {
      if (!UnavailableError.isInstance(error)) {
        this.#violate(`${kind} failed: ${String(error)}`)
        return false
      }
      // What the log itself gives up is told apart from what a store leaves unanswered.
      const why = error.backend.startsWith('log(') ? error.message.replace(/\d+/g, '…') : 'no answer'
      this.#tally.count(`${kind}: ${why}`)
      return false
    }
  }

  async append(): Promise<void> {
    const record = `${this.process.name}.${++this.#appends}`
    const { known } = this.#ledger
    const seen = this.#seen
    const after = this.random.chance(0.8) ? seen : this.random.between(0, seen)
    const { position, missed } = await this.#log.append(Buffer.from(record), after)
    const what = `append of ${record} behind ${after}`
    this.#ledger.learned({ acked: position })
    this.#ledger.acked.set(record, position)
    const truth = this.#ledger.truth.get(position)
    if (truth !== record) this.#violate(`${what}: acknowledged at ${position}, where "${truth}" is`)
    if (position <= known.acked) this.#violate(`${what}: got ${position}, after ${known.acked} was acknowledged`)
    if (position <= after) this.#violate(`${what}: got ${position}`)
    const first = this.#first(missed[0]?.position, after, known.floor, what)
    this.#ledger.checkEntries(missed, first, `${what}, missed`)
    const last = missed.at(-1)?.position ?? after
    if (last >= position) this.#violate(`${what}: missed up to ${last}, got ${position}`)
    if (missed.length > 0) this.#tally.count('entries missed')
    if (last === position - 1 && this.#seen >= first - 1) this.#seen = Math.max(this.#seen, position)
  }

  async read(): Promise<void> {
    const { known } = this.#ledger
    const after = this.random.chance(0.8) ? this.#seen : this.random.between(0, this.#seen)
    const limit = this.random.pick([1, 3, 1000])
    const entries = await this.#log.read(after, limit)
    const what = `read behind ${after}`
    const first = this.#first(entries[0]?.position, after, known.floor, what)
    this.#ledger.checkEntries(entries, first, what)
    const last = entries.at(-1)?.position ?? after
    const wanted = Math.max(known.tail, known.acked)
    if (entries.length > limit) this.#violate(`${what}: ${entries.length} entries, the limit was ${limit}`)
    if (entries.length < limit && last < wanted) this.#violate(`${what}: ends at ${last}, the tail had been ${wanted}`)
    if (this.#seen >= first - 1) this.#seen = Math.max(this.#seen, last)
    if (entries[0] !== undefined && first > after + 1) this.#seen = Math.max(this.#seen, last)
  }

  async tail(): Promise<void> {
    const { known } = this.#ledger
    const tail = await this.#log.tail()
    const least = Math.max(known.acked, known.tail)
    if (tail < least) this.#violate(`the tail is ${tail}, after it had been ${least}`)
    if (tail > this.#ledger.tail) this.#violate(`the tail is ${tail}, slot ${this.#ledger.tail + 1} was never written`)
    this.#ledger.learned({ tail })
  }

  async floor(): Promise<void> {
    const { known } = this.#ledger
    const floor = await this.#log.floor()
    if (floor < known.floor) this.#violate(`the floor is ${floor}, after it had been ${known.floor}`)
    this.#ledger.learned({ floor })
  }

  async trim(): Promise<void> {
    const below = this.random.chance(0.7) ? Math.max(1, this.#seen) : this.#seen + this.random.between(1, 5)
    const { known } = this.#ledger
    this.#ledger.aimed(below)
    await this.#log.trim(below)
    const least = Math.min(below, Math.max(known.acked, known.tail))
    if (this.#ledger.floor < least)
      this.#violate(`trimmed to ${below}, the floor is ${this.#ledger.floor}, not ${least}`)
    this.#ledger.learned({ floor: Math.min(below, this.#ledger.floor) })
  }

  /** Everything that the log has, when nothing is wrong any more. */
  async lookAtAll(): Promise<void> {
    const { known } = this.#ledger
    const tail = await this.#log.tail()
    const entries = await this.#log.read(0, 100_000)
    this.#ledger.checkEntries(entries, await this.#log.floor(), 'the last look')
    if (entries.at(-1)?.position !== tail) this.#violate(`the tail is ${tail}, read to ${entries.at(-1)?.position}`)
    if (tail < Math.max(known.acked, known.tail)) this.#violate(`the tail is ${tail} in the end`)
  }

  /** Where the entries that were answered have to begin: right behind, or at a floor. */
  #first(answered: number | undefined, after: number, knownFloor: number, what: string): number {
    const next = after + 1
    if (answered === undefined || answered === next) {
      if (answered !== undefined && answered < knownFloor)
        this.#violate(`${what}: ${answered}, below the floor ${knownFloor}`)
      return next
    }
    const isFloor = answered > next && answered >= knownFloor && answered <= this.#ledger.floor
    if (!isFloor)
      this.#violate(`${what}: begins at ${answered}, the floor went from ${knownFloor} to ${this.#ledger.floor}`)
    this.#tally.count('trimmed under a reader')
    return answered
  }

  #violate(violation: string): void {
    this.#ledger.violate(`${this.process.name}: ${violation}`)
  }
}
