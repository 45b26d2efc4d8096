import { appendFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the shop has on paper: the letters that left the house, and the till's roll. */
export type Pile = 'letters' | 'till'

/**
 * The world outside of Avout, where nothing can be taken back: files that every process of the shop writes lines to. What a
 * process wrote before it was killed stays written.
 */
export class Paper implements AsyncDisposable {
  readonly folder: string

  /** The paper of a folder that another process has opened. */
  constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<Paper> {
    return new Paper(await mkdtemp(join(tmpdir(), 'avout-shop-')))
  }

  write(pile: Pile, line: unknown): void {
    appendFileSync(join(this.folder, pile), `${JSON.stringify(line)}\n`)
  }

  /** All lines of a pile, in the order in which they were written. */
  async read<T>(pile: Pile): Promise<T[]> {
    const text = await readFile(join(this.folder, pile), { encoding: 'utf8', flag: 'a+' })
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true })
  }
}
