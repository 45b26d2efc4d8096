import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { files, note } from '../src/09-fs.js'

const folders: string[] = []
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'avout-programs-'))
  folders.push(path)
  return path
}
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))))

it('keeps the values of a ref in files, in transactions with others', async () => {
  const root = await folder()
  const avout = await note(root)
  expect(await avout.ref('/n', 0).deref()).toBe(1)
  expect(await avout.ref('/note', '', { in: 'files' }).deref()).toBe('n was 0')
  const container = join(root, 'avout', '%2Fnote')
  const [version = ''] = await readdir(container)
  expect(JSON.parse(await readFile(join(container, version), 'utf8'))).toBe('n was 0')
  await avout.close()
})

it('writes a version once', async () => {
  const { versions } = await files(await folder()).open({
    realm: 'r',
    clock: { now: () => 0, sleep: async () => {} },
    report: () => {},
  })
  const container = versions.container('/a/b')
  await container.initVersionedStateContainer()
  expect(await container.setStateAt(1, 'v')).toBe(true)
  expect(await container.setStateAt(2, 'v')).toBe(false)
  expect(await container.getStateAt('v')).toBe(1)
  expect(await container.getStateAt('w')).toBeUndefined()
  await container.deleteStateAt('v')
  expect(await container.getStateAt('v')).toBeUndefined()
})
