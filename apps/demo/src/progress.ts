import type { Tally } from './tally.js'

/** Where text goes; `isTTY` says whether a line can be rewritten there. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** A line that tells how far the day is: rewritten in place on a terminal, a new one every second elsewhere. */
export class Progress implements Disposable {
  readonly #out: Output
  readonly #line: () => string
  readonly #timer: NodeJS.Timeout

  constructor(out: Output, tally: Tally, orders: number) {
    const started = performance.now()
    this.#out = out
    this.#line = () => describe(tally, orders, (performance.now() - started) / 1000)
    this.#timer = setInterval(() => this.draw(), out.isTTY ? 100 : 1000)
  }

  draw(): void {
    this.#out.write(this.#out.isTTY ? `\r\x1b[2K${this.#line()}` : `${this.#line()}\n`)
  }

  /** Prints a line of its own, above the progress line. */
  say(text: string): void {
    if (!this.#out.isTTY) {
      this.#out.write(`${text}\n`)
      return
    }
    this.#out.write(`\r\x1b[2K${text}\n`)
    this.draw()
  }

  /** Draws the last state and leaves it standing. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.draw()
    if (this.#out.isTTY) this.#out.write('\n')
  }
}

function describe(tally: Tally, orders: number, seconds: number): string {
  const done = tally.shipped + tally.rejected
  const rate = seconds > 0 ? Math.round(tally.transactions / seconds) : 0
  return [
    `${done}/${orders} orders`,
    `${tally.paid} paid`,
    `${tally.shipped} shipped`,
    `${tally.rejected} rejected`,
    `${tally.transactions} transactions (${rate}/s)`,
    `${tally.reruns} run again`,
  ].join(' · ')
}
