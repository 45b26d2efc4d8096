import type { Output } from '../src/progress.js'

/** An output that keeps what was written. */
export class Text implements Output {
  readonly isTTY: boolean
  readonly columns?: number
  text = ''

  constructor(isTTY = false, columns?: number) {
    this.isTTY = isTTY
    if (columns !== undefined) this.columns = columns
  }

  write(text: string): void {
    this.text += text
  }
}
