import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Backend } from '@avout/core/backend'
import type { Harness } from '../harness.js'

/** What a module has to be examined. */
export type CreateHarness = () => Promise<Harness>

const EXPORTS = ['default', 'createHarness', 'backend']

const WANTED =
  'a function that answers a harness ({ open, close }), a backend ({ specificationVersion, id, open }), or a function that answers one'

/** Loads a module and finds what to examine. Rejects with a TypeError that says what is wrong with it, and where. */
export async function loadHarness(module: string): Promise<CreateHarness> {
  const found = await load(module)
  const name = EXPORTS.find((exported) => found[exported] !== undefined)
  if (name === undefined) {
    const others = Object.keys(found)
    const there = others.length === 0 ? 'nothing' : others.join(', ')
    throw new TypeError(
      `${module} exports ${there}; what is examined is its default, createHarness or backend: ${WANTED}`,
    )
  }
  return async () => harnessOf(await made(found[name]), `${module}: what its export "${name}" answers`)
}

async function load(module: string): Promise<Record<string, unknown>> {
  const path = resolve(module)
  const isPath = /^[./]|\.[cm]?[jt]s$/.test(module) || existsSync(path)
  if (isPath && !existsSync(path)) throw new TypeError(`there is no file ${path}`)
  const target = isPath ? pathToFileURL(path).href : await packageAt(module)
  try {
    return (await import(target)) as Record<string, unknown>
  } catch (error) {
    const hint =
      (error as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? ' (this Node runs JavaScript: compile it first)'
        : ''
    throw new TypeError(
      `${module} cannot be loaded: ${error instanceof Error ? error.message : String(error)}${hint}`,
      {
        cause: error,
      },
    )
  }
}

/** As the program in the current folder would import it, not as this package would. */
async function packageAt(name: string): Promise<string> {
  const { createRequire } = await import('node:module')
  try {
    return pathToFileURL(createRequire(resolve('index.js')).resolve(name)).href
  } catch (error) {
    throw new TypeError(`there is neither a file nor a package "${name}" here`, { cause: error })
  }
}

/** Calls a function, and takes anything else as it is. */
async function made(exported: unknown): Promise<unknown> {
  return typeof exported === 'function' ? await (exported as () => unknown)() : exported
}

function harnessOf(found: unknown, what: string): Harness {
  if (isBackend(found)) {
    // Opened once for each client. What it keeps outlives its sessions, and whoever made it.
    return { open: () => found, close: async () => undefined }
  }
  const { open, close } = (found ?? {}) as Partial<Harness>
  if (typeof open === 'function' && typeof close === 'function') return found as Harness
  const kind = found === null ? 'null' : typeof found
  const lacks = kind === 'object' ? `an object with ${Object.keys(found as object).join(', ') || 'nothing'}` : kind
  throw new TypeError(`${what} is ${lacks}, not what can be examined: ${WANTED}`)
}

function isBackend(found: unknown): found is Backend<never> {
  const { specificationVersion, id, open } = (found ?? {}) as Partial<Backend<never>>
  return specificationVersion !== undefined && typeof id === 'string' && typeof open === 'function'
}
