import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countTests, reportPath, sumUp } from '../lib/count-tests.mjs'
import { root, run } from '../lib/process.mjs'

let folder: string

beforeEach(async () => {
  // Inside the package, so that the tests written here find vitest.
  await mkdir(join(root, 'scripts/.cache'), { recursive: true })
  folder = await mkdtemp(join(root, 'scripts/.cache/count-'))
})

afterEach(() => rm(folder, { recursive: true }))

const header = "import { expect, test } from 'vitest'\n"
const passes = "test('passes', () => expect(1).toBe(1))\n"
const fails = "test('fails', () => expect(1).toBe(2))\n"
const skipped = "test.skip('skipped', () => expect(1).toBe(1))\n"
const astray = "test('astray', () => void Promise.reject(new Error('astray')))\n"

/** What a package counts whose tests are these files, run as every package runs them. */
async function count(files: Record<string, string>) {
  await writeFile(join(folder, 'vitest.config.ts'), `export { default } from '${join(root, 'vitest.shared.ts')}'\n`)
  await mkdir(join(folder, 'test'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'test', name), header + text)
  const vitest = join(root, 'scripts/node_modules/.bin/vitest')
  const exit = await run(vitest, ['run', '--root', folder], { cwd: folder, silent: true })
  const { passed, failed, remarks } = sumUp(exit, [await countTests('a', folder)])
  return { exit, passed, failed, remarks: remarks.map((remark) => remark.replace(folder, '')) }
}

test('passed and failed tests of all files', async () => {
  const found = await count({ 'a.test.ts': passes + fails, 'b.test.ts': passes })
  expect(found).toEqual({ exit: 1, passed: 2, failed: 1, remarks: [] })
})

test('nothing failed', async () => {
  expect(await count({ 'a.test.ts': passes })).toEqual({ exit: 0, passed: 1, failed: 0, remarks: [] })
})

test('a file that does not load is a failure', async () => {
  const found = await count({ 'a.test.ts': passes, 'b.test.ts': "throw new Error('broken')\n" })
  expect(found).toEqual({ exit: 1, passed: 1, failed: 1, remarks: ['a: /test/b.test.ts did not load'] })
})

test('an error outside the tests is a failure', async () => {
  const found = await count({ 'a.test.ts': passes + astray })
  expect(found).toEqual({ exit: 1, passed: 2, failed: 1, remarks: ['something other than a test failed: see above'] })
})

test('no test is a failure, and so are only skipped ones', async () => {
  expect(await count({})).toMatchObject({ passed: 0, failed: 1 })
})

test('skipped tests are told, and alone they are a failure', async () => {
  const found = await count({ 'a.test.ts': skipped })
  expect(found).toEqual({ exit: 0, passed: 0, failed: 1, remarks: ['a: ran no test', 'a: 1 skipped'] })
})

test('no report is a failure', async () => {
  expect(await countTests('a', join(folder, reportPath))).toMatchObject({ passed: 0, failed: 1 })
})

test('packages are summed, and a run that ended badly without a failed test has one', () => {
  const counts = [
    { passed: 2, failed: 0, remarks: ['b'] },
    { passed: 3, failed: 0, remarks: [] },
  ]
  expect(sumUp(0, counts)).toEqual({ passed: 5, failed: 0, remarks: ['b'] })
  expect(sumUp(1, counts)).toMatchObject({ passed: 5, failed: 1 })
  expect(sumUp(1, [...counts, { passed: 0, failed: 2, remarks: [] }])).toMatchObject({ passed: 5, failed: 2 })
})
