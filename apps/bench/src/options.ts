import { oneOf, readValues, realNumber, UsageError, wholeNumber } from '@avout/cli'
import { type BackendName, backends } from './backends.js'
import { type PeerName, peers } from './peers.js'
import { type WorkloadName, workloads } from './workload.js'

export interface BenchOptions {
  readonly workload: WorkloadName | 'R'
  readonly backend: BackendName
  /** What Avout is measured against; nothing if absent. */
  readonly against?: PeerName
  /** Measured seconds of each system, warm-up apart; for R the seconds of filling. */
  readonly seconds: number
  /** Avout connections that the concurrent loops are spread over. */
  readonly clients: number
  readonly json: boolean
  readonly help: boolean
}

const maxSeconds = 600
const maxClients = 64
const names = (table: object): string => Object.keys(table).join('|')

export const usage = `Usage: pnpm bench [--workload T|H|L|R] [options]

Measures Avout and, in the same run, a peer that does the same work; checks every balance afterwards.

  --workload T   transfers between 2 of 1,000 refs, 64 concurrent (default)
             H   the same over 2 refs
             L   as T, one at a time
             R   a log filled with transfers, then replayed by a client that starts cold: transactions a second, one core
  --backend      ${names(backends)} (default memory): where Avout keeps its log and values
  --against      ${names(peers)}|none (default effect; R knows none)
  --seconds S    measured time of each system, 0.05 to ${maxSeconds} (default 3); for R the time of filling
  --clients N    Avout connections that share the work, 1 to ${maxClients} (default 1)
  --json         a JSON object a system and line, then one with the ratios
  --help         this text

Exit codes: 0 measured and every balance right; 1 a balance is wrong; 2 wrong usage.
`

/** Reads the command line. Throws `UsageError` for what it does not know or cannot use. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = readValues(args, {
    workload: { type: 'string' },
    backend: { type: 'string' },
    against: { type: 'string' },
    seconds: { type: 'string' },
    clients: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  })
  const workload = oneOf('--workload', values.workload ?? 'T', { ...workloads, R: true })
  const against = oneOf('--against', values.against ?? (workload === 'R' ? 'none' : 'effect'), { ...peers, none: true })
  if (workload === 'R' && against !== 'none') throw new UsageError(`--workload R has no peer: ${against} keeps no log`)
  return {
    workload,
    backend: oneOf('--backend', values.backend ?? 'memory', backends),
    ...(against !== 'none' && { against }),
    seconds: realNumber('--seconds', values.seconds ?? '3', { min: 0.05, max: maxSeconds }),
    clients: wholeNumber('--clients', values.clients ?? '1', { min: 1, max: maxClients }),
    json: values.json ?? false,
    help: values.help ?? false,
  }
}
