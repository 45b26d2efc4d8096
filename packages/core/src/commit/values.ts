import type { Data } from '../contracts/data.js'
import type { Log } from '../contracts/log.js'
import type { Version } from '../state/version.js'
import type { Current } from './current.js'
import type { Flight } from './flight.js'
import { entriesOf, type Home, type Homes } from './homes.js'
import type { Pending } from './pending.js'
import type { Redo } from './redo.js'

/**
 * Writes committed values through to their containers. Several versions of one ref in a record cost one write, the newest;
 * it goes out along with the append where the log's own store holds it, else beside it, so that a commit costs one round
 * trip, and is corrected when a verdict says otherwise. Where a store lets values follow behind, they go after the verdict. A
 * container that is down holds up nothing: the value is safe in the log, and `Redo` goes on with it.
 */
export class Values {
  private stamps = 0

  constructor(
    private readonly log: Log,
    private readonly homes: Homes,
    private readonly redo: Redo,
    private readonly current: Current,
  ) {}

  /** Sends the newest value of every ref that a record writes, or puts it beside the append that is about to be sent. */
  send(flight: Flight): void {
    const writes: Promise<void>[] = []
    for (const [home, all] of this.byHome(this.newest(flight))) {
      if (home.behind !== undefined) continue
      const versions = all.filter(isInline)
      if (versions.length === 0) continue
      if (home.goesWith(this.log)) flight.beside = { home, versions, entries: entriesOf(versions) }
      else writes.push(this.write(flight, home, versions))
    }
    if (writes.length > 0) flight.storing(writes)
  }

  /**
   * After the verdict: where the newest write of a ref was not valid, an earlier one of the record may be. Rare, so all go again. And
   * what operations came to is known only now.
   */
  landed(flight: Flight): void {
    for (const { home, versions, error } of flight.unstored) this.leave(home, versions, error)
    const isCorrected = flight.transactions.some((pending) => pending?.dead === true)
    if (!isCorrected && !flight.hasOperations && !this.anyHome((home) => home.behind !== undefined)) return
    const writes: Promise<void>[] = []
    for (const [home, versions] of this.byHome(this.newest(flight))) {
      if (home.behind !== undefined) this.redo.follow(home, versions)
      else {
        const due = versions.filter((version) => isInline(version) && (isCorrected || version.made !== undefined))
        if (due.length > 0) writes.push(this.write(flight, home, due))
      }
    }
    if (writes.length > 0) flight.storing(writes)
  }

  /** What an append was to take along, and did not say that it did: its record is judged, so it goes by itself. */
  async detached(flight: Flight): Promise<void> {
    if (flight.beside === undefined) return
    const { home, versions } = flight.beside
    const committed = versions.filter(isCommitted)
    if (committed.length > 0) await this.write(flight, home, committed)
    flight.besideStored()
  }

  /** Its values are stored or left to redo: they may be shown, where a store shows what is current. */
  stored(flight: Flight): void {
    const shows = (home: Home) => home.showsCurrent && home.behind === undefined
    if (!this.anyHome(shows)) return
    for (const [home, versions] of this.byHome(this.newest(flight))) if (shows(home)) this.current.show(home, versions)
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

  /** The newest write of each ref that is not known to be invalid. */
  private newest(flight: Flight): Version[] {
    const stamp = ++this.stamps
    const newest: Version[] = []
    for (let i = flight.transactions.length - 1; i >= 0; i--) {
      const pending = flight.transactions[i]
      if (pending === undefined || pending.dead) continue
      for (const { node } of pending.writes) {
        if (node.state.stamp === stamp) continue
        node.state.stamp = stamp
        newest.push(node)
      }
      for (const { node, state } of pending.operations) {
        if (state.stamp === stamp) continue
        state.stamp = stamp
        newest.push(node)
      }
    }
    return newest
  }

  private byHome(versions: readonly Version[]): Iterable<readonly [Home, readonly Version[]]> {
    const [first] = versions
    if (first === undefined) return []
    if (versions.every(({ home }) => home === first.home)) return [[this.homes.get(first.home) as Home, versions]]
    const grouped = new Map<Home, Version[]>()
    for (const version of versions) {
      const home = this.homes.get(version.home) as Home
      const group = grouped.get(home)
      if (group === undefined) grouped.set(home, [version])
      else group.push(version)
    }
    return grouped
  }

  private anyHome(is: (home: Home) => boolean): boolean {
    for (const home of this.homes.values()) if (is(home)) return true
    return false
  }

  private async write(flight: Flight, home: Home, versions: readonly Version[]): Promise<void> {
    try {
      await home.setMany(entriesOf(versions))
    } catch (error) {
      // Redo is for what is committed: before the verdict nobody knows whether these are.
      if (flight.judged) this.leave(home, versions, error)
      else flight.unstored.push({ home, versions, error })
    }
  }

  private leave(home: Home, versions: readonly Version[], error: unknown): void {
    const committed = versions.filter(isCommitted)
    if (committed.length > 0) this.redo.later(home, committed, error)
  }
}

const isInline = ({ data }: Version): boolean => data !== undefined
const isCommitted = ({ dead }: Version): boolean => !dead
