import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { start } from '@avout/servers'
import { expect, it } from 'vitest'
import { look } from './open.js'

const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

it('runs as its README says, and the program ends by itself', async () => {
  await using server = await start('mongo-replica-set')
  const text = await readFile(here('README.md'), 'utf8')
  const example = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? ''
  expect(example).toContain('mongodb://127.0.0.1:27017')
  await mkdir(here('.cache'), { recursive: true })
  const file = here('.cache/readme.mjs')
  await writeFile(file, example.replace('mongodb://127.0.0.1:27017', server.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 })
  expect([stdout, stderr]).toEqual(['9\n', ''])
  const stranger = look(server.url)
  const shown = await stranger.collection('current').find({ '_id.realm': 'shop' }).toArray()
  expect(shown).toMatchObject([{ _id: { realm: 'shop', ref: '/stock/apples' }, value: 9 }])
  await stranger.close()
})
