// A container of one's own over a directory: the five functions, joined in a transaction with any other.
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Avout, connect } from '@avout/core'
import { type Data, type VersionedStateContainer, versionedBackend } from '@avout/core/backend'
import { memory } from '@avout/memory'

class Directory implements VersionedStateContainer {
  constructor(private readonly path: string) {}

  async initVersionedStateContainer() {
    await mkdir(this.path, { recursive: true })
  }

  async destroyVersionedStateContainer() {
    await rm(this.path, { recursive: true, force: true })
  }

  async getStateAt(version: string): Promise<Data | undefined> {
    try {
      return JSON.parse(await readFile(join(this.path, version), 'utf8')) as Data
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async setStateAt(value: Data, version: string) {
    try {
      const file = await open(join(this.path, version), 'wx')
      try {
        await file.writeFile(JSON.stringify(value))
        await file.sync()
      } finally {
        await file.close()
      }
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  }

  async deleteStateAt(version: string) {
    await rm(join(this.path, version), { force: true })
  }
}

export const files = (root: string) =>
  versionedBackend('files', (realm, ref) => new Directory(join(root, realm, encodeURIComponent(ref))))

export async function note(root: string): Promise<Avout> {
  const disk = files(root)
  const avout = await connect({ coordinator: memory(), backends: [disk] })
  const onDisk = avout.ref('/note', '', { in: disk })
  const inMemory = avout.ref('/n', 0)
  await avout.dosync(async (tx) => {
    tx.set(onDisk, `n was ${await tx.get(inMemory)}`)
    await tx.alter(inMemory, (n) => n + 1)
  })
  return avout
}
