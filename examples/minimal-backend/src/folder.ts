import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Data, VersionedStateContainer } from '@avout/core/backend'

/** Any text as the name of a file: readable at its beginning, and its own on file systems that ignore case or limit lengths. */
export function fileName(text: string): string {
  const readable = text.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 40)
  return `${readable}-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
}

/** The five functions, in a folder: one file a version. */
export class Folder implements VersionedStateContainer {
  readonly #path: string
  readonly #drafts: string

  /** `drafts` is a folder on the same file system for files that are being written. */
  constructor(path: string, drafts: string) {
    this.#path = path
    this.#drafts = drafts
  }

  async initVersionedStateContainer(): Promise<void> {
    for (const folder of [this.#path, this.#drafts]) {
      const first = await mkdir(folder, { recursive: true })
      // A new folder is as durable as its entry in the one above it, up to the first that was there before.
      if (first === undefined) continue
      for (let at = folder; at.length >= first.length; at = dirname(at)) await sync(dirname(at))
    }
  }

  async destroyVersionedStateContainer(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true })
  }

  async getStateAt(version: string): Promise<Data | undefined> {
    try {
      return JSON.parse(await readFile(this.#at(version), 'utf8')) as Data
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  /** Whole and durable under another name first, then linked: a link is made once, and nobody sees half a file. */
  async setStateAt(value: Data, version: string): Promise<boolean> {
    const draft = join(this.#drafts, randomUUID())
    try {
      const file = await open(draft, 'wx')
      try {
        await file.writeFile(JSON.stringify(value))
        await file.sync()
      } finally {
        await file.close()
      }
      await link(draft, this.#at(version))
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      throw error
    } finally {
      await rm(draft, { force: true })
      // For the loser, too: what it is told has won must not be lost any more.
      await sync(this.#path)
    }
  }

  async deleteStateAt(version: string): Promise<void> {
    await rm(this.#at(version), { force: true })
  }

  /** How many versions there are. */
  async size(): Promise<number> {
    return (await readdir(this.#path)).length
  }

  #at(version: string): string {
    return join(this.#path, fileName(version))
  }
}

/** Makes the entries of a folder durable. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
}
