/** A realm's name within a hash tag: braces would end the tag, and the realm `a}b` would be one with another. */
const escaped = (realm: string) => realm.replace(/[%{}]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * The keys of one realm. They share a hash tag, so that one script can reach all of them on a Redis Cluster too. What varies
 * stands last, so that no two names make one key.
 */
export class Keys {
  /** Hash: `n`, the position of the last entry, and `floor`. */
  readonly head: string
  /** Stream: the entry at position n has the id n-0 and one field, `r`. */
  readonly log: string
  /** Hash: number by name. */
  readonly counters: string
  /** Hash: the last fencing token by name of a lock. */
  readonly tokens: string
  /** Hash: by ref, the position of what the current view shows of it; it stays when the ref is deleted. */
  readonly positions: string
  readonly #tag: string

  constructor(prefix: string, realm: string) {
    this.#tag = `${prefix}{${escaped(realm)}}:`
    this.head = `${this.#tag}head`
    this.log = `${this.#tag}log`
    this.counters = `${this.#tag}counters`
    this.tokens = `${this.#tag}tokens`
    this.positions = `${this.#tag}positions`
  }

  /** Hash: the JSON of a ref's values by version. */
  versions(ref: string): string {
    return `${this.#tag}versions:${ref}`
  }

  /** String: the JSON of a ref's current value. */
  now(ref: string): string {
    return `${this.#tag}now:${ref}`
  }

  /** String: JSON of who holds a lock and who waits. Also the channel of its grants. */
  lock(name: string): string {
    return `${this.#tag}lock:${name}`
  }

  /** String: canonical JSON. Also the channel of its changes. */
  state(name: string): string {
    return `${this.#tag}state:${name}`
  }
}
