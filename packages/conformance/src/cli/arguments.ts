import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Arguments {
  /** A path, or the name of a package. */
  readonly module: string
  readonly seed: number
  readonly timeout: number
  readonly only: RegExp | undefined
  readonly json: boolean
  readonly list: boolean
}

export const HELP = `Examines a backend of Avout: every law that it has to keep, and clients of the engine on top of it.

  avout-conformance <module> [options]

The module exports, as its default, as createHarness or as backend, one of these:
  a function that answers a harness, { open, close, restart?, current? }
  a backend, or a function that answers one

  --only PATTERN   scenarios whose names match this regular expression: versions, 'log/(trim|missed)'
  --seed N         equal seeds give equal data (1)
  --timeout MS     of one scenario (30000)
  --list           what would run, and nothing more
  --json           the report as JSON
  --help           this

Ends with 0 when every promise is kept, with 1 when one is not, with 2 when there is nothing to examine.
`

/** Undefined where help is wanted. Throws a TypeError that says what is wrong. */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      seed: { type: 'string', default: '1' },
      timeout: { type: 'string', default: '30000' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  const [module, ...rest] = positionals
  if (module === undefined) throw new TypeError('which module? avout-conformance ./my-backend.js')
  if (rest.length > 0) throw new TypeError(`one module at a time, not also ${rest.join(', ')}`)
  return {
    module,
    seed: count('seed', values.seed, 0),
    timeout: count('timeout', values.timeout, 1),
    only: values.only === undefined ? undefined : pattern(values.only),
    json: values.json,
    list: values.list,
  }
}

function count(name: string, text: string, least: number): number {
  const value = Number(text)
  if (text !== '' && Number.isSafeInteger(value) && value >= least) return value
  throw new TypeError(`--${name} is a whole number from ${least} on, not "${text}"`)
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new TypeError(`--only is a regular expression, and "${text}" is none`, { cause: error })
  }
}
