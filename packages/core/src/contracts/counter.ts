/**
 * A shared counter, beginning at 0.
 *
 * 1. `next(n)` (default 1) raises it by `n` and answers its new value; no two calls ever share a number of their ranges
 *    `(answer - n, answer]`.
 * 2. *Monotonic.* A call that begins after another ended answers no less.
 * 3. Gaps are allowed: a call that failed may have counted.
 * 4. `current()` answers the newest value any ended `next` gave, or a later one.
 */
export interface Counter {
  next(n?: number): Promise<number>
  current(): Promise<number>
}
