import { fileURLToPath } from 'node:url'
import { readValues, UsageError, wholeNumber } from '@avout/cli'
import { type Assignment, isStoreName, onFour, type StoreName, storeNames, storesOf } from './stores/assignment.js'

export { UsageError }

export interface DemoOptions {
  /** Only the hello world. */
  readonly hello: boolean
  /** Which store keeps what. */
  readonly assignment: Assignment
  /** Desks, each taking one order at a time. */
  readonly clients: number
  /** Child processes that the desks work in, each with one connection. 1: all of it in this process, a connection a desk. */
  readonly processes: number
  /** How many orders of the file to take; all of them if absent. */
  readonly orders?: number
  /** Path of the CSV file. */
  readonly input: string
  readonly help: boolean
}

export const defaultInput = fileURLToPath(new URL('../data/orders.csv', import.meta.url))
const maxClients = 64
const defaultClients = 8

export const usage = `Usage: pnpm demo [--all] [--log STORE] [--stock STORE] [--orders STORE] [--payments STORE] [--hello]
                 [--clients N] [--processes N] [--orders N] [--input FILE.csv] [--help]

Runs the hello world (two refs, one transaction), then an order desk on a file of orders, then an audit of what is left.
Beside refs, the desk has an atom (the scoreboard), a lock (the till is counted by one at a time) and an agent (the mailer).
Without further words all of it is in memory, and needs no server.

  --log STORE       the store of the log, and of what has no other home:
                    memory, redis, postgres, mongo or zookeeper (default: memory)
  --stock STORE     the store of the stock and the scoreboard; likewise --orders STORE and --payments STORE
                    (default: where the log is)
  --all             --log zookeeper --stock redis --orders postgres --payments mongo
  --hello           only the hello world
  --clients N       desks, each with a connection of its own: 1 to ${maxClients} (default ${defaultClients})
  --processes N     the desks work in N processes, a connection each; not in memory (default 1: all in this one)
  --orders N        only the first N orders of the file (default: all)
  --input FILE.csv  orders to process (default: the 2,400 in apps/demo/data/orders.csv)
                    columns: order_id, ordered_at, customer, sku, product, quantity, unit_price, express
  --help            this text

Servers are those that AVOUT_REDIS_URL, AVOUT_POSTGRES_URL, AVOUT_MONGO_URL and AVOUT_ZOOKEEPER_URL name; else the ones
that "pnpm servers up" keeps; else they are started now and stopped at the end. What they hold is audited twice: as
Avout reads it, and as their own clients do (ioredis, pg, mongodb, node-zookeeper-client).

Exit codes: 0 the audit passed; 1 it failed, the file is bad, or a store is not there; 2 wrong usage; 130 interrupted.
`

/** Reads the command line. Throws `UsageError` for what it does not know or cannot use. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const values = readValues(args, {
    all: { type: 'boolean' },
    log: { type: 'string' },
    stock: { type: 'string' },
    orders: { type: 'string', multiple: true },
    payments: { type: 'string' },
    hello: { type: 'boolean' },
    clients: { type: 'string' },
    processes: { type: 'string' },
    input: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  })
  const { store, limit } = ordersOption(values.orders ?? [])
  const assignment = assignmentOf({ ...values, orders: store }, values.all ?? false)
  const processes =
    values.processes === undefined ? 1 : wholeNumber('--processes', values.processes, { min: 1, max: maxClients })
  const clients =
    values.clients === undefined
      ? Math.max(defaultClients, processes)
      : wholeNumber('--clients', values.clients, { min: 1, max: maxClients })
  if (processes > 1) checkProcesses(processes, clients, assignment)
  return {
    hello: values.hello ?? false,
    assignment,
    clients,
    processes,
    ...(limit !== undefined && { orders: limit }),
    input: values.input ?? defaultInput,
    help: values.help ?? false,
  }
}

/** `--orders` says where they are kept, or how many there are; given twice, both. */
function ordersOption(given: readonly string[]): { store?: string; limit?: number } {
  const read: { store?: string; limit?: number } = {}
  for (const text of given) {
    if (isStoreName(text)) read.store = text
    else if (/^[A-Za-z]/.test(text)) throw unknownStore('--orders', text, ', or a number')
    else read.limit = wholeNumber('--orders', text, { min: 1 })
  }
  return read
}

interface Named {
  readonly log?: string
  readonly stock?: string
  readonly orders?: string | undefined
  readonly payments?: string
}

function assignmentOf({ log, stock, orders, payments }: Named, all: boolean): Assignment {
  const named = (option: string, name: string | undefined, otherwise: StoreName): StoreName => {
    if (name === undefined) return otherwise
    if (isStoreName(name)) return name
    throw unknownStore(option, name, '')
  }
  const logStore = named('--log', log, all ? onFour.log : 'memory')
  return {
    log: logStore,
    stock: named('--stock', stock, all ? onFour.stock : logStore),
    orders: named('--orders', orders, all ? onFour.orders : logStore),
    payments: named('--payments', payments, all ? onFour.payments : logStore),
  }
}

const unknownStore = (option: string, name: string, or: string) =>
  new UsageError(`${option} takes a store (${storeNames.join(', ')})${or}, not "${name}"`)

function checkProcesses(processes: number, clients: number, assignment: Assignment): void {
  if (storesOf(assignment).includes('memory')) {
    throw new UsageError(
      `--processes ${processes} needs stores that processes share, and memory is one process's own: try --all`,
    )
  }
  if (processes > clients) {
    throw new UsageError(`--processes ${processes} is more than --clients ${clients}: each process has a desk at least`)
  }
}
