import type { Appended, Entry, Log } from '../contracts/log.js'
import type { Stored } from '../contracts/versions.js'
import { LogDivergedError } from '../errors.js'
import type { Random } from './random.js'
import type { LinkStore, SimLink } from './sim-link.js'
import type { SimVersionsState } from './sim-versions.js'

/** The log of one realm, as the store holds it. */
export class SimLogState {
  /** Every entry there ever was and is not rolled back, also below the floor: for who checks the whole history. */
  readonly entries: Entry[] = []
  floor = 1
  /** The highest position that any client was told of: no read that begins later may answer less. */
  told = 0
  readonly subscribers = new Set<() => void>()
  readonly links = new Set<SimLink>()

  get tail(): number {
    return this.entries.length
  }

  append(record: Uint8Array, after: number, limit: number): Appended {
    if (after > this.tail) {
      throw new LogDivergedError(`the log ends at ${this.tail}, the caller knows position ${after}`)
    }
    const missed = this.read(after, limit)
    const position = this.entries.push({ position: this.tail + 1, record })
    for (const wake of this.subscribers) wake()
    return { position, missed }
  }

  /** Entries behind `after`, none above `upTo`. */
  read(after: number, limit: number, upTo = this.tail): readonly Entry[] {
    const first = Math.max(after, this.floor - 1)
    return this.entries.slice(first, Math.min(upTo, first + limit))
  }

  trim(below: number): void {
    this.floor = Math.max(this.floor, Math.min(below, this.tail))
  }

  /** A client learned that there is an entry at `position`. */
  tell(link: SimLink, position: number): void {
    link.told = Math.max(link.told, position)
    this.told = Math.max(this.told, Math.min(position, this.tail))
  }

  /** Loses the last `count` entries, as a failover or an old backup does. What is below the floor stays. Answers what was lost. */
  rollback(count: number): readonly Entry[] {
    const keep = Math.max(this.floor, this.tail - count)
    const lost = this.entries.splice(Math.min(keep, this.tail))
    this.told = Math.min(this.told, this.tail)
    return lost
  }
}

/** What the log asks of its store besides the link. */
export interface LogControls {
  /** Asked of every append that arrives: it is applied when what this answers resolves. */
  gate(record: Uint8Array): Promise<void> | undefined
  /** Whether the answer of this append is to be lost, whatever the seed says. */
  losesAck(): boolean
}

/** `beside`: where the values are that an append may take along; undefined for a log that takes none. */
export function simLog(
  state: SimLogState,
  link: SimLink,
  store: LinkStore,
  controls: LogControls,
  beside: SimVersionsState | undefined,
): Log {
  const { random } = store
  const sent = new WeakSet<Uint8Array>()
  state.links.add(link)
  const append = async (record: Uint8Array, after: number, values: readonly Stored[]): Promise<Appended> => {
    const bytes = record.slice()
    if (sent.has(record)) store.tally.count('append: sent again')
    sent.add(record)
    const limit = missedLimit(store, random)
    const texts = values.map(({ value }) => JSON.stringify(value))
    const inPart = values.length > 0 && random.chance(store.faults.partial)
    const count = inPart ? random.between(0, values.length - 1) : values.length
    const apply = () => {
      const appended = state.append(bytes, after, limit)
      for (let i = 0; i < count; i++) beside?.set(values[i] as Stored, texts[i] as string)
      if (inPart) store.tally.count('append: values in part')
      return appended
    }
    const appended = await link.call('append', apply, {
      repeatable: true,
      gate: () => controls.gate(bytes),
      ...(inPart || controls.losesAck() ? { fate: 'answer lost' as const } : {}),
    })
    state.tell(link, appended.position)
    return appended
  }
  return {
    append: (record, after) => append(record, after, []),
    ...(beside === undefined ? {} : { appendWith: append }),
    read: async (after, limit) => {
      const { told } = state
      const entries = await link.call('read', () => {
        if (!random.chance(store.faults.stale)) return state.read(after, limit)
        store.tally.count('read: stale')
        return state.read(after, limit, random.between(Math.min(told, state.tail), state.tail))
      })
      state.tell(link, entries.at(-1)?.position ?? 0)
      return entries
    },
    tail: async () => {
      const tail = await link.call('tail', () => state.tail)
      state.tell(link, tail)
      return tail
    },
    floor: () => link.call('floor', () => state.floor),
    trim: (below) => link.call('trim', () => state.trim(below), { repeatable: true }),
    subscribe: async (wake) => {
      // One that is on its way tells of what was added meanwhile, too.
      let onItsWay = false
      const arrived = () => {
        onItsWay = false
        wake()
      }
      const push = () => {
        if (random.chance(store.faults.pushLost)) store.tally.count('push: lost')
        else if (!onItsWay) {
          onItsWay = true
          link.push('push', arrived)
        }
        if (random.chance(store.faults.pushSpurious)) link.push('push', wake)
      }
      await link.call('subscribe', () => {
        state.subscribers.add(push)
      })
      return {
        [Symbol.asyncDispose]: async () => {
          state.subscribers.delete(push)
        },
      }
    },
  }
}

/** How many missed entries an append answers: they may stop short. A read may not. */
function missedLimit(store: LinkStore, random: Random): number {
  return random.chance(store.faults.partial) ? random.between(1, 3) : Number.POSITIVE_INFINITY
}
