import type { Platform } from '../platform/platform.js'
import { decodeRecord } from '../record/decode.js'
import { type EncodableWrite, encodeTransactions } from '../record/encode.js'
import { UPDATES, type Write } from '../record/record.js'
import { Replica } from '../replay/replica.js'
import type { SimStore } from './sim-store.js'

/**
 * Another client that is always faster: it commits to the refs that a record writes just before that record arrives. What it
 * writes is what was there, so nothing changes but the versions, and whoever expected those has lost.
 */
export class Rival {
  readonly #store: SimStore
  readonly #realm: string
  readonly #client: string
  readonly #replica: Replica
  #records = 0
  #transactions = 0

  constructor(store: SimStore, realm: string, platform: Platform) {
    this.#store = store
    this.#realm = realm
    this.#client = platform.randomId()
    this.#replica = new Replica((previous, bytes) => platform.hash(previous, bytes), {
      ownJudged() {},
      otherWrote() {},
    })
  }

  /** False where there was nothing to be faster with: the record that founds a realm writes no ref. */
  outrun(bytes: Uint8Array): boolean {
    const replica = this.#catchUp()
    const record = decodeRecord(bytes, replica.states)
    if (record.kind !== 'transactions') return false
    const byRef = new Map<string, EncodableWrite>()
    for (const write of record.transactions.flatMap((transaction) => transaction?.writes ?? [])) {
      const same = this.#sameAgain(write)
      if (same !== undefined) byRef.set(same.state.name, same)
    }
    if (byRef.size === 0) return false
    const transactions = [...byRef.values()].map((write) => ({
      id: ++this.#transactions,
      label: 'conflictNext',
      reads: [],
      ranges: [],
      writes: [write],
      grants: [],
      operations: [],
      sends: [],
    }))
    const { position: s, hash: h } = replica
    const number = ++this.#records
    const planted = { kind: 'transactions' as const, client: this.#client, name: 'rival', number, s, h, transactions }
    this.#store.plant(this.#realm, encodeTransactions(planted))
    return true
  }

  #catchUp(): Replica {
    const replica = this.#replica
    for (const { record } of this.#store.entries(this.#realm).slice(replica.position)) replica.apply(record, undefined)
    return replica
  }

  /** A write of the value that the ref has; undefined where only some other store knows that. */
  #sameAgain({ state, home }: Write): EncodableWrite | undefined {
    const { head } = state
    const data = head.data ?? this.#store.peek(this.#realm, state.name, head.id)
    if (head.exists && data === undefined) return undefined
    return {
      state,
      home: head.exists ? head.home : home,
      version: head.id,
      marked: false,
      existence: UPDATES,
      exists: head.exists,
      data: head.exists ? data : undefined,
      json: head.exists ? JSON.stringify(data) : undefined,
    }
  }
}
