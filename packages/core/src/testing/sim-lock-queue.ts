import type { Waiter } from '../contracts/lock.js'
import type { LinkStore } from './sim-link.js'

/** One acquire: it waits, then holds, then is gone. Whoever does not renew it for its `lease` is taken for dead. */
export interface Claim {
  readonly owner: string
  readonly mode: 'read' | 'write'
  readonly lease: number
  readonly granted: (token: number) => void
  since: number
  state: 'waiting' | 'held' | 'gone'
  token: number
  expires: number
}

/** A fair read/write lock, as its store holds it. */
export class SimLockQueue {
  readonly #store: LinkStore
  readonly #claims: Claim[] = []
  #token = 0

  constructor(store: LinkStore) {
    this.#store = store
  }

  enter(claim: Claim): void {
    claim.since = this.#store.scheduler.now
    this.#claims.push(claim)
    this.#watch(claim)
    this.#grant()
  }

  /** Answers the claim's token, 0 while it waits, and undefined when it is gone. */
  renew(claim: Claim): number | undefined {
    if (claim.state === 'gone') return undefined
    claim.expires = this.#store.scheduler.now + claim.lease
    return claim.token
  }

  /** Takes a claim out; false when it was gone already. */
  leave(claim: Claim): boolean {
    const at = this.#claims.indexOf(claim)
    if (at < 0) return false
    this.#claims.splice(at, 1)
    claim.state = 'gone'
    this.#grant()
    return true
  }

  list(): readonly Waiter[] {
    const waiters = this.#claims.map(({ owner, token, state, since }) => ({
      owner,
      token,
      holds: state === 'held',
      since,
    }))
    return [...waiters.filter(({ holds }) => holds), ...waiters.filter(({ holds }) => !holds)]
  }

  #grant(): void {
    let waiting = false
    for (const claim of this.#claims) {
      if (claim.state === 'waiting' && this.#free(claim, waiting)) {
        const held = this.#claims.find(({ state, owner }) => state === 'held' && owner === claim.owner)
        claim.token = held?.token ?? ++this.#token
        claim.state = 'held'
        claim.expires = this.#store.scheduler.now + claim.lease
        claim.granted(claim.token)
        this.#endEarly(claim)
      }
      waiting ||= claim.state === 'waiting'
    }
  }

  /** Whether a claim behind others, some of them `waiting`, can be granted. */
  #free(claim: Claim, waiting: boolean): boolean {
    const held = this.#claims.filter(({ state }) => state === 'held')
    const others = held.filter(({ owner }) => owner !== claim.owner)
    if (held.length > others.length) return claim.mode === 'read' || others.length === 0
    if (waiting) return false
    return claim.mode === 'write' ? others.length === 0 : others.every(({ mode }) => mode === 'read')
  }

  #watch(claim: Claim): void {
    claim.expires = this.#store.scheduler.now + claim.lease
    const look = () => {
      if (claim.state === 'gone') return
      const left = claim.expires - this.#store.scheduler.now
      if (left > 0) this.#store.scheduler.schedule(left, look, 'lease?')
      else this.leave(claim)
    }
    this.#store.scheduler.schedule(claim.lease, look, 'lease?')
  }

  #endEarly(claim: Claim): void {
    const { random, faults, scheduler, tally } = this.#store
    if (!random.chance(faults.leaseEarly)) return
    const end = () => {
      if (this.leave(claim)) tally.count('lease: early end')
    }
    scheduler.schedule(claim.lease * random.next(), end, 'lease ends early')
  }
}
