import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { start } from '@avout/servers'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'

const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

it('runs as its README says, and the program ends by itself', async () => {
  await using server = await start('redis')
  const text = await readFile(here('README.md'), 'utf8')
  const example = /^```ts\n([\s\S]*?)^```$/m.exec(text)?.[1] ?? ''
  expect(example).toContain('redis://127.0.0.1:6379')
  await mkdir(here('.cache'), { recursive: true })
  const file = here('.cache/readme.mjs')
  await writeFile(file, example.replace('redis://127.0.0.1:6379', server.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 })
  expect([stdout, stderr]).toEqual(['9\n', ''])
  const raw = new Redis(server.url)
  // The last view is written before the program ends.
  expect(await raw.get('avout:{shop}:now:/stock/apples')).toBe('9')
  raw.disconnect()
})
