import { fileURLToPath } from 'node:url'
import { readValues, wholeNumber } from '@avout/cli'

export { UsageError } from '@avout/cli'

export interface DemoOptions {
  /** Desk clients, each with a connection of its own. */
  readonly clients: number
  /** How many orders of the file to take; all of them if absent. */
  readonly orders?: number
  /** Path of the CSV file. */
  readonly input: string
  readonly help: boolean
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
  const values = readValues(args, {
    clients: { type: 'string' },
    orders: { type: 'string' },
    input: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  })
  return {
    clients: wholeNumber('--clients', values.clients ?? '8', { min: 1, max: maxClients }),
    ...(values.orders !== undefined && { orders: wholeNumber('--orders', values.orders, { min: 1 }) }),
    input: values.input ?? defaultInput,
    help: values.help ?? false,
  }
}
