import { readFile, writeFile } from 'node:fs/promises'
import type { Failure } from './batch.js'

/** A seed that failed once. The tests run it for ever. */
export interface Regression {
  readonly profile: string
  readonly seed: number
  readonly violation: string
}

export async function readRegressions(file: URL): Promise<Regression[]> {
  return JSON.parse(await readFile(file, 'utf8')) as Regression[]
}

/** Adds what is not there yet, the first few of a profile: more of the same kind say little. */
export async function addRegressions(file: URL, failures: readonly Failure[], most = 3): Promise<void> {
  const known = await readRegressions(file)
  const isNew = ({ seed, profile }: Failure) => !known.some((each) => each.seed === seed && each.profile === profile)
  const added = failures.filter(isNew).slice(0, most)
  if (added.length === 0) return
  const all = [
    ...known,
    ...added.map(({ seed, profile, violations }) => ({ profile, seed, violation: violations[0] ?? '' })),
  ]
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`)
}
