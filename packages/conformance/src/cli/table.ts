/** Where lines go, and what it can show. */
export interface Screen {
  write(text: string): void
  readonly colours: boolean
  /** Whether what was written can be written over. */
  readonly live: boolean
}

/** What is known of one scenario when it has ended. */
export interface Line {
  readonly name: string
  readonly law: string
  readonly ms: number
  readonly error: Error | undefined
  /** It stands in for a stronger one. */
  readonly weaker: boolean
}

const MOST_MESSAGE = 600

/** Scenarios as lines of columns: result, name, time and law. */
export class Table {
  readonly #screen: Screen
  readonly #width: number

  constructor(screen: Screen, names: readonly string[]) {
    this.#screen = screen
    this.#width = Math.max(0, ...names.map((name) => name.length))
  }

  /** The scenario that is under way, until the next line is written. */
  running(name: string): void {
    if (this.#screen.live) this.#screen.write(`  ${this.#dim(`· ${name}`)}\r`)
  }

  line({ name, law, ms, error, weaker }: Line): void {
    const mark = error !== undefined ? this.#paint(31, '✗') : weaker ? this.#paint(33, '~') : this.#paint(32, '✓')
    const time = `${Math.round(ms)} ms`.padStart(9)
    const shown = name.padEnd(this.#width)
    this.#row(
      `  ${mark} ${error === undefined ? shown : this.#paint(31, shown)} ${this.#slow(ms, time)}  ${this.#dim(law)}`,
    )
    if (error !== undefined) this.#row(indented(error))
  }

  row(text: string): void {
    this.#row(text)
  }

  heading(text: string): void {
    this.#row(this.#paint(1, text))
  }

  #row(text: string): void {
    this.#screen.write(`${this.#screen.live ? '\u001b[2K' : ''}${text}\n`)
  }

  #slow(ms: number, text: string): string {
    return ms >= 1000 ? this.#paint(33, text) : this.#dim(text)
  }

  #dim(text: string): string {
    return this.#paint(2, text)
  }

  #paint(code: number, text: string): string {
    return this.#screen.colours ? `\u001b[${code}m${text}\u001b[0m` : text
  }
}

/** What went wrong, and what was behind it. */
function indented(error: Error): string {
  const cause = error.cause instanceof Error ? `\nbecause: ${error.cause.message}` : ''
  // An assertion's message ends in a comparison that repeats it.
  const [said = ''] = error.message.split('\n\n')
  const text = `${error.name === 'Error' || error.name === 'AssertionError' ? '' : `${error.name}: `}${said}${cause}`
  const short = text.length > MOST_MESSAGE ? `${text.slice(0, MOST_MESSAGE)}…` : text
  return short
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')
}
