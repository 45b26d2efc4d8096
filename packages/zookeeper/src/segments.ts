/**
 * Where the entries of the log are. ZooKeeper numbers what is made under one parent: 0, 1, 2, …, for ever, as long as the parent
 * stays, whatever is deleted under it. The log is a row of such parents, its segments, each of `size` entries: position `p` is
 * number `(p - 1) mod size` of segment `(p - 1) div size`. So no number comes near the end of int32 (the server's, which then
 * turns negative), and no parent has more children than can be listed.
 *
 * Going over to the next segment needs no agreement:
 *
 * 1. Numbers from `size` on are no entries, whoever made them and whatever they hold. Who is given one knows that the segment is
 *    full: all numbers below, that is all its entries, were made before. He appends again, to the next segment.
 * 2. So an entry is made in segment k + 1 only by who has proof that k is full (such a number, or the count of what was ever made
 *    in k, or that k + 2 was reached by others). Hence positions are dense: when the first entry of k + 1 is made all of k are there.
 * 3. Appenders who know of segment k only, however late they come, get numbers from `size` on: none of them can add to a segment that
 *    others have left, and their entry comes behind all that were acknowledged before.
 * 4. Segments are made when they are needed, by anybody, and never deleted: making one that is there changes nothing. So
 *    they are 0, 1, …, n - 1 without a hole, and their number tells the last.
 *
 * What is given numbers from `size` on is at most one record for each append in flight, a segment. Trimming deletes it.
 */
export class Segments {
  readonly size: number
  readonly #log: string

  constructor(log: string, size: number) {
    this.#log = log
    this.size = size
  }

  pathOf(segment: number): string {
    return `${this.#log}/${digits(segment)}`
  }

  /** What the server adds its number to. */
  prefixOf(segment: number): string {
    return `${this.pathOf(segment)}/e`
  }

  nodeOf(segment: number, number: number): string {
    return `${this.pathOf(segment)}/e${digits(number)}`
  }

  entryOf(position: number): string {
    const at = position - 1
    return this.nodeOf(this.segmentOf(position), at % this.size)
  }

  segmentOf(position: number): number {
    return Math.floor((position - 1) / this.size)
  }

  /** The last position in a segment, and in those before it, if `made` nodes were ever made in it. */
  lastOf(segment: number, made: number): number {
    return segment * this.size + Math.min(made, this.size)
  }

  /** The position of number `number` of a segment; undefined where that is no entry. */
  positionOf(segment: number, number: number): number | undefined {
    return number < this.size ? segment * this.size + number + 1 : undefined
  }
}

const digits = (n: number): string => `${n}`.padStart(10, '0')

/** The number that the server gave. */
export const numberOf = (path: string): number => Number(path.slice(-10))
