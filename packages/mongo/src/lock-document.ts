import type { Document } from 'mongodb'
import { COLLECTIONS } from './layout.js'
import { type Mode, type Queue, serve, type Ticket } from './lock-queue.js'
import type { Store } from './store.js'

/** A lock as it was at `at`, by the server's clock. Expired tickets are left out. */
export interface LockState extends Queue {
  readonly at: Date
  readonly rev: number
  /** Whether the ticket that was to be renewed or removed was there. */
  readonly found: boolean
}

const NOBODY: LockState = { tickets: [], token: 0, at: new Date(0), rev: 0, found: false }

/** Every change drops the tickets that have expired, by the server's clock. */
const BEGIN: Document = {
  $set: {
    at: '$$NOW',
    rev: { $add: [{ $ifNull: ['$rev', 0] }, 1] },
    token: { $ifNull: ['$token', 0] },
    queue: { $filter: { input: { $ifNull: ['$queue', []] }, as: 'one', cond: { $gt: ['$$one.until', '$$NOW'] } } },
  },
}

const isOne = (id: string): Document => ({ $in: [id, '$queue.id'] })

/** One lock: a document with its queue, changed by pipelines that run on the server, so that nobody's clock but its own counts. */
export class LockDocument {
  readonly #store: Store
  readonly #id: Document
  #looking: Promise<LockState> | undefined
  #next: Promise<LockState> | undefined

  constructor(store: Store, name: string) {
    this.#store = store
    this.#id = { realm: store.realm, name }
  }

  /** As it is some time after the call. Those who ask while one is asked for share the next answer: a crowd asks like one. */
  look(): Promise<LockState> {
    const begin = () => {
      this.#next = undefined
      const looking = this.read(false).finally(() => {
        if (this.#looking === looking) this.#looking = undefined
      })
      this.#looking = looking
      return looking
    }
    if (this.#looking === undefined) return begin()
    this.#next ??= this.#looking.then(begin, begin)
    return this.#next
  }

  async read(fresh: boolean): Promise<LockState> {
    const projection = { queue: 1, token: 1, rev: 1, at: '$$NOW' }
    return toState(await this.#store.one(COLLECTIONS.locks, this.#id, fresh, projection))
  }

  /** Queues; in a lock that nobody wants it is granted at once. */
  enqueue(id: string, { owner, mode, lease }: { owner: string; mode: Mode; lease: number }): Promise<LockState> {
    const until = { $add: ['$$NOW', lease] }
    const token = { $cond: [{ $eq: ['$queue', []] }, { $add: ['$token', 1] }, 0] }
    const ticket = { id, owner: { $literal: owner }, mode, lease: { $literal: lease }, since: '$$NOW', until, token }
    const queue = { $cond: [isOne(id), '$queue', { $concatArrays: ['$queue', [ticket]] }] }
    const last = { token: { $max: ['$token', { $max: '$queue.token' }] } }
    return this.#change([BEGIN, { $set: { found: true, queue } }, { $set: last }], true)
  }

  renew(id: string): Promise<LockState> {
    const renewed = { $mergeObjects: ['$$one', { until: { $add: ['$$NOW', '$$one.lease'] } }] }
    const one = { $cond: [{ $eq: ['$$one.id', id] }, renewed, '$$one'] }
    return this.#change([
      BEGIN,
      { $set: { found: isOne(id), queue: { $map: { input: '$queue', as: 'one', in: one } } } },
    ])
  }

  /** Leaves the queue, and grants to who is next. */
  async remove(id: string): Promise<boolean> {
    const rest = { $filter: { input: '$queue', as: 'one', cond: { $ne: ['$$one.id', id] } } }
    const state = await this.#change([BEGIN, { $set: { found: isOne(id), queue: rest } }])
    await this.grant(state)
    return state.found
  }

  /**
   * Grants what can be granted; if `mine` is given, only where that is among it. Answers the state afterwards; undefined where
   * it has changed meanwhile.
   */
  async grant(state: LockState, mine?: string): Promise<LockState | undefined> {
    const { tickets, token } = serve(state, state.at)
    if (tickets === state.tickets) return state
    if (mine !== undefined && !tickets.some((one, i) => one.id === mine && one !== state.tickets[i])) return state
    const rev = state.rev + 1
    const q = { _id: this.#id, rev: state.rev }
    const u = [{ $set: { queue: { $literal: tickets }, token, rev } }]
    const reply = await this.#write({ update: COLLECTIONS.locks, updates: [{ q, u }] })
    return reply.n === 1 ? { ...state, tickets, token, rev } : undefined
  }

  async #change(update: readonly Document[], upsert = false): Promise<LockState> {
    const command = { findAndModify: COLLECTIONS.locks, query: { _id: this.#id }, update, upsert, new: true }
    return toState((await this.#write(command)).value ?? undefined)
  }

  /** Every change may be made twice. At the end of a session what it holds is given back, so it does not ask for that. */
  async #write(command: Document): Promise<Document> {
    const reply = await this.#store.finalWrite(command)
    this.#store.checkReply(reply, 'a lock')
    return reply
  }
}

function toState(document: Document | undefined): LockState {
  if (document === undefined) return NOBODY
  const { queue, token, at, rev, found = false } = document
  const tickets: readonly Ticket[] = queue.filter(({ until }: Ticket) => until > at)
  return { tickets, token, at, rev, found }
}
