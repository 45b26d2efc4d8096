import { audit, passed } from './audit.js'
import { runDay } from './day.js'
import { hello } from './hello.js'
import { parseOptions, UsageError, usage } from './options.js'
import { OrdersFileError, readOrders } from './orders-file.js'
import { type Output, Progress } from './progress.js'
import { report } from './report.js'
import { embedded, type Stores } from './shop.js'
import { Tally } from './tally.js'

export interface Environment {
  readonly out: Output
  readonly err: Output
  /** Aborted by SIGINT: the demo takes no further order, finishes what it took, audits that and tells. */
  readonly interrupted: AbortSignal
  /** Made once the command line and the file have been found good. */
  readonly stores?: () => Stores
}

/** The whole demo; resolves with its exit code. */
export async function demo(args: readonly string[], environment: Environment): Promise<number> {
  try {
    return await run(args, environment)
  } catch (error) {
    if (error instanceof UsageError) {
      environment.err.write(`${error.message}\n\n${usage}`)
      return 2
    }
    if (error instanceof OrdersFileError) {
      environment.err.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
}

async function run(
  args: readonly string[],
  { out, err, interrupted, stores = embedded }: Environment,
): Promise<number> {
  const options = parseOptions(args)
  if (options.help) {
    out.write(usage)
    return 0
  }
  const orders = (await readOrders(options.input)).slice(0, options.orders)
  const where = stores()

  const { r0, r1 } = await hello(where)
  out.write(`hello: r0 is ${r0}, r1 is [${r1.join(', ')}]: two refs, one transaction\n\n`)

  out.write(`order desk: ${orders.length} orders of ${options.input}, ${options.clients} desks\n`)
  const tally = new Tally()
  const { evidence, seconds } = await withProgress(out, tally, orders.length, (say) =>
    runDay({ stores: where, orders, clients: options.clients, tally, interrupted, say }),
  )
  const checks = audit(evidence)
  out.write(`\n${report(evidence, checks, tally, seconds)}`)
  if (!passed(checks)) return 1
  if (evidence.untaken.length === 0) return 0
  err.write(`interrupted: ${evidence.untaken.length} orders were not taken\n`)
  return 130
}

async function withProgress<R>(
  out: Output,
  tally: Tally,
  orders: number,
  body: (say: (line: string) => void) => Promise<R>,
): Promise<R> {
  using progress = new Progress(out, tally, orders)
  return await body((line) => progress.say(line))
}
