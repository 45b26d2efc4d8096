import type { Data } from '../contracts/data.js'
import type { Version } from '../state/version.js'
import type { Flight } from './flight.js'
import type { Entry, Home, Homes } from './homes.js'
import type { Pending } from './pending.js'
import type { Redo } from './redo.js'

/**
 * Writes committed values through to their containers. Several versions of one ref in a record cost one write, the newest;
 * it goes out together with the append, so that a commit costs one round trip, and is corrected when a verdict says otherwise.
 * A container that is down holds up nothing: the value is safe in the log, and `Redo` goes on with it.
 */
export class Values {
  private stamps = 0

  constructor(
    private readonly homes: Homes,
    private readonly redo: Redo,
  ) {}

  /** Sends the newest value of every ref that a record writes. Resolves, always, when each is stored or left to redo. */
  store(flight: Flight): Promise<unknown> | undefined {
    return this.write(flight, this.newest(flight))
  }

  /** After the verdict: where the newest write of a ref was not valid, an earlier one of the record may be. Rare, so all go again. */
  landed(flight: Flight): void {
    for (const { home, versions, error } of flight.unstored) this.leave(home, versions, error)
    if (flight.transactions.every((pending) => pending === undefined || !pending.dead)) return
    const corrections = this.newest(flight)
    if (corrections.length > 0) flight.stored = Promise.all([flight.stored, this.write(flight, corrections)])
  }

  /** Values above the inline limit have no redo: they are stored before the append, or their transaction fails. */
  async storeExternal(flight: Flight, failed: (pending: Pending, error: unknown) => void): Promise<void> {
    const writes: Promise<void>[] = []
    for (const pending of flight.transactions) {
      if (pending === undefined) continue
      for (const write of pending.writes) {
        if (write.external === undefined) continue
        const { node, external } = write
        writes.push(
          this.storeOne(node, external).catch((error: unknown) => {
            if (!pending.dead) failed(pending, error)
          }),
        )
      }
    }
    await Promise.all(writes)
  }

  private async storeOne(node: Version, data: Data): Promise<void> {
    await (this.homes.get(node.home) as Home).setMany([{ ref: node.state.name, version: node.id, value: data }])
  }

  /** The newest write of each ref that is not known to be invalid, unless it was written already. */
  private newest(flight: Flight): Version[] {
    const stamp = ++this.stamps
    const newest: Version[] = []
    for (let i = flight.transactions.length - 1; i >= 0; i--) {
      const pending = flight.transactions[i]
      if (pending === undefined || pending.dead) continue
      for (const { node } of pending.writes) {
        if (node.state.stamp === stamp) continue
        node.state.stamp = stamp
        if (node.data !== undefined) newest.push(node)
      }
    }
    return newest
  }

  private write(flight: Flight, versions: readonly Version[]): Promise<unknown> | undefined {
    if (versions.length === 0) return undefined
    const { home } = versions[0] as Version
    if (versions.every((version) => version.home === home)) return this.writeHome(flight, home, versions)
    const homes = new Set(versions.map((version) => version.home))
    const inHome = (id: string) => versions.filter((version) => version.home === id)
    return Promise.all([...homes].map((id) => this.writeHome(flight, id, inHome(id))))
  }

  private async writeHome(flight: Flight, id: string, versions: readonly Version[]): Promise<void> {
    const home = this.homes.get(id) as Home
    try {
      await home.setMany(entriesOf(versions))
    } catch (error) {
      // Redo is for what is committed: before the verdict nobody knows whether these are.
      if (flight.judged) this.leave(home, versions, error)
      else flight.unstored.push({ home, versions, error })
    }
  }

  private leave(home: Home, versions: readonly Version[], error: unknown): void {
    const committed = versions.filter((version) => !version.dead)
    if (committed.length > 0) this.redo.later(home, committed, error)
  }
}

export function entriesOf(versions: readonly Version[]): Entry[] {
  const entries = new Array<Entry>(versions.length)
  for (let i = 0; i < entries.length; i++) {
    const { state, id, data } = versions[i] as Version
    entries[i] = { ref: state.name, version: id, value: data as Data }
  }
  return entries
}
