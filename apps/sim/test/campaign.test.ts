import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { bundle } from '../src/planted/bundle.js'
import { readArguments } from '../src/run/arguments.js'
import { runCampaign } from '../src/run/campaign.js'
import { isGood, report } from '../src/run/report.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

it('20,000 schedules violate nothing, and reach what is rare', { timeout: 900_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'avout-sim-'))
  try {
    const outfile = join(folder, 'worker.mjs')
    await bundle({ entry: path('../src/run/worker.ts'), package: path('../../../packages/core'), outfile })
    const campaign = { profile: 'all', seed: 1_000_000, schedules: 20_000, workers: 2 }
    const result = await runCampaign(pathToFileURL(outfile), campaign)
    const told = report(result)
    expect(result.failures).toEqual([])
    expect(told).not.toContain('Never reached')
    expect(isGood(result)).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('arguments are read, and refused', () => {
  expect(readArguments(['--seed', '7', '--trace'])).toMatchObject({ seed: 7, trace: true, workers: 2, profile: 'all' })
  expect(() => readArguments(['--schedules', 'many'])).toThrow(
    '--schedules takes a whole number of at least 1, not "many"',
  )
  expect(() => readArguments(['--profile', 'none'])).toThrow('there is no profile "none"')
  expect(() => readArguments(['--what'])).toThrow()
})
