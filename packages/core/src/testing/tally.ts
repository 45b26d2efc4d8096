/** How often rare things happened: a test that never reached them proves nothing about them. */
export class Tally {
  readonly counts = new Map<string, number>()

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times)
  }

  add(other: Iterable<readonly [what: string, times: number]>): void {
    for (const [what, times] of other) this.count(what, times)
  }
}
