export type Mode = 'read' | 'write'

/** A hold on the lock: one for each `acquire` that was granted. */
export interface Grant {
  readonly owner: string
  readonly mode: Mode
  /** Those of one owner's hold share it. */
  readonly token: number
  /** When it queued, by the holder's clock. */
  readonly since: number
  /** When it ends, by the holder's clock, unless it is renewed before. */
  expires: number
  /** Told that the lock was taken from it. */
  readonly lose: () => void
}

/** Who waits for a hold. */
export interface Request {
  readonly owner: string
  readonly mode: Mode
  /** When it queued, by its own clock. */
  readonly since: number
  /** Called when its turn has come: makes the grant of it. */
  readonly granted: (token: number) => Grant
}

/**
 * Who holds one lock, who waits for it, and who is next. First come, first served, except for who holds the lock already: to
 * make those wait behind others would make them wait for themselves.
 */
export class LockData {
  readonly name: string
  readonly #grants = new Set<Grant>()
  readonly #waiting: Request[] = []
  #token = 0

  constructor(name: string) {
    this.name = name
  }

  /** In the order of their turn: those who hold it, then those who wait. */
  get holders(): Iterable<Grant> {
    return this.#grants
  }

  get waiting(): readonly Request[] {
    return this.#waiting
  }

  /** When the first of the holds ends, if none is renewed. */
  get nextExpiry(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { expires } of this.#grants) next = Math.min(next, expires)
    return next
  }

  enqueue(request: Request): void {
    // A reader who wants to write comes first: nobody else can be granted a write before it has given up its read.
    const upgrades = request.mode === 'write' && this.#holds(request.owner, 'read')
    const at = upgrades ? this.#waiting.findIndex((other) => !this.#holds(other.owner, 'read')) : -1
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, request)
    this.#serve()
  }

  /** It no longer waits. */
  withdraw(request: Request): void {
    const at = this.#waiting.indexOf(request)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    this.#serve()
  }

  /** Answers false when the hold had been lost. */
  release(grant: Grant): boolean {
    if (!this.#grants.delete(grant)) return false
    this.#serve()
    return true
  }

  /** Takes the lock from whose lease is over. */
  expire(now: number): void {
    for (const grant of this.#grants) if (grant.expires <= now) this.revoke(grant)
  }

  revoke(grant: Grant): void {
    if (!this.#grants.delete(grant)) return
    grant.lose()
    this.#serve()
  }

  #serve(): void {
    for (;;) {
      const again = this.#waiting.findIndex((request) => this.#reenters(request))
      const at = again >= 0 ? again : this.#isNext(this.#waiting[0]) ? 0 : -1
      const request = this.#waiting[at]
      if (request === undefined) return
      this.#waiting.splice(at, 1)
      this.#grants.add(request.granted(this.#tokenFor(request)))
    }
  }

  #holds(owner: string, mode: Mode): boolean {
    for (const grant of this.#grants) if (grant.owner === owner && grant.mode === mode) return true
    return false
  }

  #reenters({ owner, mode }: Request): boolean {
    return this.#holds(owner, 'write') || (mode === 'read' && this.#holds(owner, 'read'))
  }

  #isNext(request: Request | undefined): boolean {
    if (request === undefined) return false
    for (const { owner, mode } of this.#grants) {
      if (owner !== request.owner && (mode === 'write' || request.mode === 'write')) return false
    }
    return true
  }

  /** A hold keeps its token however often it is entered: a store that saw the later one would refuse the earlier. */
  #tokenFor(request: Request): number {
    if (this.#reenters(request)) {
      let token = 0
      for (const grant of this.#grants) if (grant.owner === request.owner) token = Math.max(token, grant.token)
      return token
    }
    return ++this.#token
  }
}
