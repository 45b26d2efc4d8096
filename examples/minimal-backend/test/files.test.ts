import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, UnavailableError } from '@avout/core'
import { memory } from '@avout/memory'
import { afterAll, expect, it } from 'vitest'
import { files } from '../src/index.js'

const folders: string[] = []
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'avout-files-'))
  folders.push(path)
  return path
}
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))))

it('keeps a ref beside those of another store, in one transaction', async () => {
  const root = await folder()
  const disk = files(root)
  const store = memory()
  const avout = await connect({ coordinator: store, backends: [disk] })
  const onDisk = avout.ref<string[]>('/notes', [], { in: disk })
  const inMemory = avout.ref('/count', 0)
  await avout.dosync(async (tx) => {
    const n = await tx.alter(inMemory, (count) => count + 1)
    await tx.alter(onDisk, (notes) => [...notes, `note ${n}`])
  })
  const failure = new Error('no')
  const failing = avout.dosync(async (tx) => {
    await tx.alter(inMemory, (count) => count + 1)
    tx.set(onDisk, [])
    throw failure
  })
  await expect(failing).rejects.toBe(failure)
  await avout.close()

  const again = await connect({ coordinator: store, backends: [files(root)] })
  const read = await again.read((tx) => tx.getAll([again.ref('/count', 0), again.ref('/notes', [], { in: 'files' })]))
  expect(read).toEqual([1, ['note 1']])
  await again.close()
})

it('coordinates, and a person can read what it keeps', async () => {
  const root = await folder()
  const avout = await connect({ coordinator: files(root), realm: 'shop' })
  await avout.dosync((tx) => tx.set(avout.ref('/stock', { lamps: 0 }), { lamps: 3 }))
  await avout.close()
  const [realm = ''] = (await readdir(root)).filter((name) => name.startsWith('shop-'))
  const values = join(root, realm, 'values')
  const [stock = ''] = (await readdir(values)).filter((name) => name.startsWith('-stock-'))
  const [version = ''] = await readdir(join(values, stock))
  expect(await readFile(join(values, stock, version), 'utf8')).toBe('{"lamps":3}')
  expect(await readdir(join(root, 'drafts'))).toEqual([])
})

it('says so where there is no folder, or none is named', async () => {
  const root = await folder()
  await rm(root, { recursive: true })
  const opening = connect({ coordinator: files(root) })
  await expect(opening).rejects.toBeInstanceOf(UnavailableError)
  await expect(opening).rejects.toMatchObject({ message: expect.stringContaining(root), backend: 'files' })
  expect(() => files('')).toThrow(TypeError)
})
