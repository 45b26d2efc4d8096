import { Flight } from '../../src/commit/flight.js'
import { Overlay, type Range } from '../../src/commit/overlay.js'
import { Pending, type PendingOwner, type PendingWrite } from '../../src/commit/pending.js'
import { platform } from '../../src/platform/node.js'
import { encodeRealm, encodeTransactions } from '../../src/record/encode.js'
import { CREATES, UPDATES } from '../../src/record/record.js'
import { Replica } from '../../src/replay/replica.js'
import type { Conflict } from '../../src/replay/verdict.js'
import type { RefState } from '../../src/state/ref-state.js'
import { IN_FLIGHT, Version } from '../../src/state/version.js'
import { recordOf } from '../replay/history.js'

export interface TxChoice {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  readonly creates: readonly string[]
  readonly scan: Range | undefined
}

/** What a client's overlay stands on, and one other client, in small: what is sent lands when the test says so. */
export class OverlayWorld {
  readonly replica: Replica
  readonly overlay: Overlay
  /** Sees bytes alone. */
  readonly observer: Replica
  readonly pendings: Pending[] = []
  readonly outcomes = new Map<Pending, 'won' | 'lost'>()
  /** Valid writes in the order of the log, and whether they created their key. */
  readonly log: { ref: string; version: string; position: number; creates: boolean }[] = []
  /** What was told since the test looked last: orders of broken views, transactions dropped. */
  broken: number[] = []
  dropped: Pending[] = []
  private readonly creations = new Set<string>()
  private forming: Flight | undefined
  private readonly sent: Flight[] = []
  private numbers = 0
  private others = 0

  constructor(readonly window: number) {
    this.replica = new Replica(platform.hash, {
      ownJudged: (own, i, position, conflict) => {
        const pending = own.record.transactions[i] as Pending
        if (conflict === undefined) this.overlay.won(pending, position)
        else this.overlay.lost(pending, conflict)
      },
      otherWrote: () => this.overlay.disturb(),
    })
    this.overlay = new Overlay({
      viewsBroken: (order) => this.broken.push(order),
      dropped: (pending) => {
        this.dropped.push(pending)
        this.forming?.drop(pending)
      },
      lastExistenceChange: ({ from, to }) => this.replica.window.lastExistenceChange(from, to, 0),
    })
    this.observer = new Replica(platform.hash, { ownJudged: () => undefined, otherWrote: () => undefined })
    this.observer.listen((_, { state, id, position }) => {
      this.log.push({ ref: state.name, version: id, position, creates: this.creations.has(`${id} ${state.name}`) })
    })
    this.append(encodeRealm({ kind: 'realm', window, inlineLimit: 1 }))
  }

  /** A transaction that saw the newest of everything, and goes into the record that is forming. */
  commit({ reads, writes, creates, scan }: TxChoice): void {
    this.forming ??= new Flight('me', undefined, ++this.numbers)
    const flight = this.forming
    const version = flight.versionPrefix + flight.transactions.length
    const order = this.overlay.nextOrder()
    const written = [...new Set([...writes, ...creates])]
    const owner = this.owner(() => pending)
    const read = [...new Set(reads)].filter((name) => !written.includes(name)).map((name) => this.expect(name))
    const range = scan && { ...scan, expected: this.overlay.lastExistenceChange(scan, Number.POSITIVE_INFINITY) }
    const ranges = range === undefined ? [] : [{ ...range, version: range.expected?.id ?? '', marked: false }]
    const pending: Pending = new Pending(
      owner,
      order,
      undefined,
      order,
      read,
      ranges,
      written.map((name) => this.write(name, version, order, creates.includes(name))),
    )
    flight.transactions.push(pending)
    this.pendings.push(pending)
    this.overlay.push(pending)
  }

  send(): void {
    const flight = this.forming
    this.forming = undefined
    if (flight === undefined || flight.isEmpty) return
    flight.s = this.replica.position
    flight.h = this.replica.hash
    flight.encode()
    this.sent.push(flight)
  }

  /** One of the records on their way arrives; the oldest is 0. */
  land(i: number): void {
    const [flight] = this.sent.splice(i % Math.max(1, this.sent.length), 1)
    if (flight === undefined) return
    this.append(flight.bytes as Uint8Array, flight.judged ? undefined : flight)
  }

  /** Another client writes to what it sees, and wins. */
  otherWrites(names: readonly string[], creates: boolean): void {
    const { states, position, hash } = this.observer
    const number = ++this.others
    const expected = [...new Set(names)].map((name) => [name, states.of(name).head.id] as const)
    if (creates) for (const [name] of expected) this.creations.add(`other.${number}.0 ${name}`)
    const txs = [creates ? { creates: expected } : { writes: expected }]
    this.append(encodeTransactions(recordOf(states, { client: 'other', number, s: position, h: hash, txs })))
  }

  fill(): void {
    this.append(new Uint8Array())
  }

  /** Gives up what was not sent. */
  withdraw(i: number): void {
    const unsent = this.pendings.filter((pending) => !pending.sent && !this.outcomes.has(pending))
    const pending = unsent[i % Math.max(1, unsent.length)]
    if (pending === undefined) return
    this.forming?.drop(pending)
    this.overlay.giveUp([pending], { on: '', rival: undefined })
  }

  private append(bytes: Uint8Array, own?: Flight): void {
    this.observer.apply(bytes, undefined)
    this.replica.apply(bytes, own)
    if (own !== undefined) own.judged = true
    this.overlay.settle()
    for (const flight of this.sent) {
      if (flight.judged || this.replica.position < flight.s + this.window) continue
      flight.judged = true
      this.overlay.giveUp(flight.transactions, { on: '', rival: undefined })
    }
  }

  private owner(pending: () => Pending): PendingOwner {
    const end = (outcome: 'won' | 'lost'): void => {
      if (this.outcomes.has(pending())) throw new Error('one transaction, two outcomes')
      this.outcomes.set(pending(), outcome)
    }
    return {
      waitsForValues: false,
      won: () => end('won'),
      landed: () => undefined,
      lost: (_: Pending, _conflict: Conflict) => end('lost'),
    }
  }

  private expect(name: string): { state: RefState; expected: Version; version: string; marked: boolean } {
    const state = this.replica.states.of(name)
    return { state, expected: state.top, version: state.top.id, marked: false }
  }

  private write(name: string, version: string, order: number, creates: boolean): PendingWrite {
    const expected = this.expect(name)
    const node = new Version(expected.state, version, 'home', true, order, IN_FLIGHT, order)
    if (creates) this.creations.add(`${version} ${name}`)
    const existence = creates ? CREATES : UPDATES
    return {
      ...expected,
      node,
      home: 'home',
      existence,
      exists: true,
      data: order,
      json: `${order}`,
      external: undefined,
    }
  }
}
