import { audit, auditSeen, passed } from './audit.js'
import { type DayOptions, runDay } from './day.js'
import { hello } from './hello.js'
import { type DemoOptions, parseOptions, UsageError, usage } from './options.js'
import { OrdersFileError, readOrders } from './orders-file.js'
import { describeReaders, readOwnViews } from './own-view/read-shop.js'
import { type Output, Progress } from './progress.js'
import { type Audited, report } from './report.js'
import { type Assignment, describeAssignment, serversOf } from './stores/assignment.js'
import { openStores } from './stores/located.js'
import { type Place, placeOf, StoreError } from './stores/servers.js'
import { Tally } from './tally.js'

export interface Environment {
  readonly out: Output
  readonly err: Output
  /** Aborted by SIGINT: the demo takes no further order, finishes what it took, audits that and tells. */
  readonly interrupted: AbortSignal
  /** Finds or starts the stores, once the command line and the file have been found good. */
  readonly place?: (assignment: Assignment) => Promise<Place>
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
    if (error instanceof OrdersFileError || error instanceof StoreError) {
      environment.err.write(`${error.message}\n`)
      return 1
    }
    throw error
  }
}

async function run(args: readonly string[], environment: Environment): Promise<number> {
  const { out, place = placeOf } = environment
  const options = parseOptions(args)
  if (options.help) {
    out.write(usage)
    return 0
  }
  const orders = options.hello ? [] : (await readOrders(options.input)).slice(0, options.orders)
  const assignment = options.hello ? forHello(options.assignment) : options.assignment
  const isOnServers = serversOf(assignment).length > 0
  if (isOnServers) out.write(`stores: ${describeAssignment(assignment)}\n`)
  await using found = await place(assignment)
  const { located } = found
  if (isOnServers) out.write(`realm:  ${located.realm}\n\n`)
  const stores = await openStores(located)

  const { r0, r1 } = await hello(stores)
  out.write(`hello: r0 is ${r0}, r1 is [${r1.join(', ')}]: two refs, one transaction\n${options.hello ? '' : '\n'}`)
  if (options.hello) return 0

  const { clients, processes, input } = options
  const where = processes > 1 ? ` in ${processes} processes` : ''
  out.write(`order desk: ${orders.length} orders of ${input}, ${clients} desks${where}\n`)
  out.write('refs: stock, orders, payments, docks · atom: the scoreboard · lock: the till · agent: the mailer\n\n')
  return await orderDesk(environment, options, { stores, orders, ...(isOnServers && { located }) })
}

/** It needs no store but that of the log and that of the orders. */
const forHello = ({ log, orders }: Assignment): Assignment => ({ log, stock: log, orders, payments: orders })

async function orderDesk(
  { out, err, interrupted }: Environment,
  { assignment, clients, processes }: DemoOptions,
  opened: Pick<DayOptions, 'stores' | 'located' | 'orders'>,
): Promise<number> {
  const { located, orders } = opened
  const tally = new Tally()
  const { evidence, seconds } = await withProgress(
    (say) =>
      runDay({
        ...opened,
        clients,
        processes,
        tally,
        interrupted,
        say,
        ...(located !== undefined && { ownViews: (keys, through) => readOwnViews(located, keys, through) }),
      }),
    new Progress(out, tally, orders.length, assignment),
  )
  const checks = audit(evidence)
  const audits: Audited[] =
    located === undefined
      ? [{ title: 'audit', checks }]
      : [
          { title: 'audit, as Avout reads the shop', checks },
          { title: ['audit without Avout', ...describeReaders(assignment)].join('\n  '), checks: auditSeen(evidence) },
        ]
  out.write(`\n${report(evidence, audits, tally, seconds)}`)
  if (!audits.every(({ checks }) => passed(checks))) return 1
  if (evidence.untaken.length === 0) return 0
  err.write(`interrupted: ${evidence.untaken.length} orders were not taken\n`)
  return 130
}

async function withProgress<R>(body: (say: (line: string) => void) => Promise<R>, shown: Progress): Promise<R> {
  using progress = shown
  return await body((line) => progress.say(line))
}
