import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { start } from '@avout/servers'
import { expect, it } from 'vitest'
import { currentOf, rawClient } from './raw.js'

const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

it('runs as its README says, and the program ends by itself', async () => {
  await using server = await start('zookeeper')
  const text = await readFile(here('README.md'), 'utf8')
  const example = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? ''
  expect(example).toContain('127.0.0.1:2181')
  await mkdir(here('.cache'), { recursive: true })
  const file = here('.cache/readme.mjs')
  await writeFile(file, example.replace('127.0.0.1:2181', server.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 })
  expect([stdout, stderr]).toEqual(['9\n', ''])
  // The last view is written before the program ends.
  const raw = await rawClient(server.url)
  expect(await currentOf(raw, 'shop', '/stock/apples')).toBe(9)
  await raw.close()
})
