import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compile } from './support/compile.js'
import { root } from './support/spawn.js'

const folder = join(root, 'src')
const names = await readdir(folder)
const programs = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
)

const EXPECTED_ERROR = '@ts-expect-error'

it('programs compile, but for the lines that must not', async () => {
  expect((await compile('programs', programs)).errors).toEqual([])
})

it('every line that must not compile is an error', async () => {
  const unmarked = Object.entries(programs).map(([name, text]) => [name, text.replaceAll(EXPECTED_ERROR, '')] as const)
  const marks = Object.entries(programs).flatMap(([file, text]) =>
    text.split('\n').flatMap((line, i) => (line.includes(EXPECTED_ERROR) ? [`${file}:${i + 2}`] : [])),
  )
  const { errors } = await compile('mistakes', Object.fromEntries(unmarked))
  const places = new Set(errors.map(({ file, line }) => `${file}:${line}`))
  expect([...places].sort()).toEqual(marks.sort())
  expect(marks.length).toBeGreaterThan(10)
})
