import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HungError, runBatch } from '../run/run-batch.js'
import { bundle } from './bundle.js'
import type { PlantedBug } from './planted-bug.js'

export interface Catch {
  readonly bug: PlantedBug
  /** Undefined when the simulation noticed nothing: then it, or the budget, is too weak. */
  readonly found: { readonly seed: number; readonly violations: readonly string[] } | undefined
}

export interface HuntOptions {
  /** The module of the worker, in TypeScript, and the folder of the package under test. */
  readonly worker: string
  readonly package: string
  /** Milliseconds after which a hunt is given up: a bug that hangs a client in one step is caught by that. */
  readonly limit: number
}

/** Plants one bug and lets the simulation look for it, within its budget. Rejects when the bug cannot be planted. */
export async function hunt(bug: PlantedBug, options: HuntOptions): Promise<Catch> {
  const folder = await mkdtemp(join(tmpdir(), 'avout-planted-'))
  const outfile = join(folder, `${bug.name}.mjs`)
  try {
    await bundle({ entry: options.worker, package: options.package, outfile }, bug)
    const { profile, seed, budget } = bug
    const batch = { profile, seed, schedules: budget, stopAtFirst: true }
    const { failures } = await runBatch(pathToFileURL(outfile), batch, { limit: options.limit })
    const slip = failures[0]?.violations.find((violation) => SLIP.test(violation))
    if (slip !== undefined) throw new Error(`planted bug "${bug.name}" is no code that runs: ${slip}`)
    return { bug, found: failures[0] }
  } catch (error) {
    if (!isEndless(error)) throw error
    return { bug, found: { seed: bug.seed, violations: [error.message] } }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** What a mistake in the replacement comes to: found at once, and it proves nothing. */
const SLIP = /Cannot read properties of undefined|is not defined|is not a function/

/** A bug that makes a client go round for ever is found by that: it runs out of time, or of memory. */
function isEndless(error: unknown): error is Error {
  return error instanceof HungError || (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'
}
