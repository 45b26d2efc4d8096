import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** Desk clients, each with a connection of its own. */
  readonly clients: number
  /** How many orders of the file to take; all of them if absent. */
  readonly orders?: number
  /** Path of the CSV file. */
  readonly input: string
  readonly help: boolean
}

/** The command line is wrong: the caller shows `usage` and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const defaultInput = fileURLToPath(new URL('../data/orders.csv', import.meta.url))
const maxClients = 64

export const usage = `Usage: pnpm demo [--clients N] [--orders N] [--input FILE.csv] [--help]

Runs the hello world (two refs, one transaction), then an order desk on a file of orders, then an audit of what is left.

  --clients N       desk clients, each with a connection of its own: 1 to ${maxClients} (default 8)
  --orders N        only the first N orders of the file (default: all)
  --input FILE.csv  orders to process (default: the 2,400 in apps/demo/data/orders.csv)
                    columns: order_id, ordered_at, customer, sku, product, quantity, unit_price, express
  --help            this text

Exit codes: 0 the audit passed; 1 it failed, or the file is bad; 2 wrong usage; 130 interrupted.
`

/** Reads the command line. Throws `UsageError` for what it does not know or cannot use. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const values = parseValues(args[0] === '--' ? args.slice(1) : args)
  const orders =
    values.orders === undefined ? undefined : wholeNumber('--orders', values.orders, Number.MAX_SAFE_INTEGER)
  return {
    clients: values.clients === undefined ? 8 : wholeNumber('--clients', values.clients, maxClients),
    ...(orders !== undefined && { orders }),
    input: values.input ?? defaultInput,
    help: values.help ?? false,
  }
}

function parseValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        clients: { type: 'string' },
        orders: { type: 'string' },
        input: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (value >= 1 && value <= max) return value
  const range = max === Number.MAX_SAFE_INTEGER ? 'of at least 1' : `from 1 to ${max}`
  throw new UsageError(`${option} takes a whole number ${range}, not "${text}"`)
}
