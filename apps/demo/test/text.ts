import type { Output } from '../src/progress.js'

/** An output that keeps what was written. */
export class Text implements Output {
  readonly isTTY: boolean
  text = ''

  constructor(isTTY = false) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.text += text
  }
}
