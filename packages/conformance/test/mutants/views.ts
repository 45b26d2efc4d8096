import type { Data, Head } from '@avout/core/backend'

/** What a store shows of its refs: the newest head of each, deletions among them. */
export class Views {
  readonly #heads = new Map<string, Head>()

  show(realm: string, heads: readonly Head[]): void {
    for (const head of heads) {
      const key = JSON.stringify([realm, head.ref])
      const shown = this.#heads.get(key)
      if (shown === undefined || shown.position < head.position) this.#heads.set(key, head)
    }
  }

  current(realm: string, ref: string): Data | undefined {
    return this.#heads.get(JSON.stringify([realm, ref]))?.value
  }
}
