import { leaderOf } from './scoreboard.js'
import { type Assignment, storesOf } from './stores/assignment.js'
import type { Tally } from './tally.js'

/** Where text goes; `isTTY` says whether a line can be rewritten there. */
export interface Output {
  readonly isTTY?: boolean
  /** How wide the terminal is now. */
  readonly columns?: number
  write(text: string): unknown
}

/** Two lines that tell how far the day is: rewritten in place on a terminal, new ones every second elsewhere. */
export class Progress implements Disposable {
  readonly #out: Output
  readonly #rows: () => readonly [orders: readonly string[], others: readonly string[]]
  readonly #timer: NodeJS.Timeout

  constructor(out: Output, tally: Tally, orders: number, assignment: Assignment) {
    const started = performance.now()
    this.#out = out
    this.#rows = () => [describe(tally, orders, (performance.now() - started) / 1000, assignment), atWork(tally)]
    this.#timer = setInterval(() => this.draw(), out.isTTY ? 100 : 1000)
  }

  draw(): void {
    const { isTTY, columns } = this.#out
    const [orders, others] = this.#rows().map((parts) => joined(parts, isTTY ? columns : undefined))
    this.#out.write(isTTY ? `\r${clear}${orders}\n${clear}${others}${up}` : `${orders}\n${others}\n`)
  }

  /** Prints a line of its own, above the two. */
  say(text: string): void {
    if (!this.#out.isTTY) {
      this.#out.write(`${text}\n`)
      return
    }
    this.#out.write(`\r${clear}${text}\n`)
    this.draw()
  }

  /** Draws the last state and leaves it standing. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.draw()
    if (this.#out.isTTY) this.#out.write('\n\n')
  }
}

/** Erases a line of the terminal; goes one up. */
const clear = '\x1b[2K'
const up = '\x1b[A'

/** The atom, the lock and the agent of the shop. */
function atWork({ scores, counts, token, letters }: Tally): readonly string[] {
  const [desk, paid] = leaderOf(scores) ?? ['nobody', 0]
  return [
    `atom: ${desk} leads with ${paid}`,
    `lock: till counted ${counts} times, token ${token}`,
    `agent: ${letters} letters`,
  ]
}

/** The most important first, and where each part is kept, unless all of it is in memory. */
function describe(tally: Tally, orders: number, seconds: number, assignment: Assignment): readonly string[] {
  const done = tally.shipped + tally.rejected
  const rate = seconds > 0 ? Math.round(tally.transactions / seconds) : 0
  const [only, ...others] = storesOf(assignment)
  const at = (store: string) => (others.length > 0 ? `${store}: ` : '')
  const where =
    others.length > 0
      ? [`${assignment.stock}: stock`, `${assignment.log}: log`]
      : only === 'memory'
        ? []
        : [`all in ${only}`]
  return [
    `${at(assignment.orders)}${done}/${orders} orders`,
    `${at(assignment.payments)}${tally.paid} paid`,
    ...where,
    `${tally.shipped} shipped`,
    `${tally.rejected} rejected`,
    `${tally.transactions} transactions (${rate}/s)`,
    `${tally.reruns} run again`,
  ]
}

/** As many of the parts as fit into one row: a line that wraps could not be rewritten in place. */
function joined(parts: readonly string[], columns = Number.POSITIVE_INFINITY): string {
  let text = ''
  for (const part of parts) {
    const longer = text === '' ? part : `${text} · ${part}`
    if (text !== '' && longer.length >= columns) break
    text = longer
  }
  return text.length >= columns ? text.slice(0, Math.max(0, columns - 1)) : text
}
