import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hunt } from '../src/planted/hunt.js'
import { type PlantedBug, plant } from '../src/planted/planted-bug.js'

/** A package whose rule is that a sum is a sum, and a worker that looks at one sum a seed. */
const toy: Readonly<Record<string, string>> = {
  'core/package.json': JSON.stringify({
    name: '@toy/core',
    exports: { '.': { default: './dist/index.js' }, './package.json': './package.json' },
    imports: { '#inner': { default: './dist/inner/inner.js' } },
  }),
  'core/src/index.ts': `export { add } from '#inner'\n`,
  'core/src/inner/inner.ts': `
    import { carry } from './carry.js'
    export function add(a: number, b: number): number {
      return a + carry(b)
    }
  `,
  'core/src/inner/carry.ts': 'export const carry = (digit: number): number => digit\n',
  'core/src/unused.ts': 'export const unused = 1\n',
  'worker.ts': `
    import { parentPort, workerData } from 'node:worker_threads'
    import { add } from '@toy/core'
    const { seed, schedules, profile } = workerData as { seed: number; schedules: number; profile: string }
    const failures: object[] = []
    for (let at = seed; at < seed + schedules && failures.length === 0; at++) {
      if (at % 7 === 0 && add(at, 1) !== at + 1) failures.push({ seed: at, profile, violations: ['the sum is wrong'] })
    }
    parentPort?.postMessage({ report: { schedules, events: 0, failures, tally: [] } })
  `,
}

const bug: PlantedBug = {
  name: 'toy',
  rule: 'a sum is a sum',
  invariant: 0,
  file: 'inner/inner.ts',
  find: 'a + carry(b)',
  replace: 'a - carry(b)',
  profile: 'any',
  seed: 1,
  budget: 10,
}

let folder = ''
const options = () => ({ worker: join(folder, 'worker.ts'), package: join(folder, 'core'), limit: 10_000 })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'avout-toy-'))
  for (const [name, text] of Object.entries(toy)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
})

afterAll(() => rm(folder, { recursive: true }))

describe('a planted bug', () => {
  it('is found, with the seed that shows it', async () => {
    const caught = await hunt(bug, options())
    expect(caught.found).toEqual({ seed: 7, profile: 'any', violations: ['the sum is wrong'] })
  })

  it('is found in any file of the package', async () => {
    const deeper = { ...bug, file: 'inner/carry.ts', find: '=> digit', replace: '=> digit + 1' }
    expect((await hunt(deeper, options())).found?.seed).toBe(7)
  })

  it('is not found where the budget is too small, or where it is no bug', async () => {
    expect((await hunt({ ...bug, budget: 6 }, options())).found).toBeUndefined()
    expect((await hunt({ ...bug, replace: 'carry(b) + a' }, options())).found).toBeUndefined()
  })

  it('is found when it goes round for ever', async () => {
    const endless = { ...bug, find: 'return a +', replace: 'for (;;);\n return a +' }
    const { found } = await hunt(endless, { ...options(), limit: 300 })
    expect(found?.violations).toEqual(['not done after 300 ms'])
  })

  it.each([
    ['stands 0 times', { find: 'what is not there' }],
    ['stands 3 times', { find: 'number' }],
    ['is not in the bundle', { file: 'unused.ts', find: 'unused' }],
    ['is not in the bundle', { file: 'missing.ts' }],
    ['Unexpected', { replace: 'a + + + )' }],
  ])('is an error where it %s', async (message, change) => {
    await expect(hunt({ ...bug, ...change }, options())).rejects.toThrow(message)
  })

  it('replaces text as it is', () => {
    expect(plant('a b c', { ...bug, find: 'b', replace: '$& $1' })).toBe('a $& $1 c')
  })
})
