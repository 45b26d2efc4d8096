import { oneOf, readValues, realNumber, UsageError, wholeNumber } from '@avout/cli'
import type { Kind } from '@avout/servers'
import { type PeerName, peerOf, peers, peersOf } from './peers/peers.js'
import { type BackendName, backendOf, backends } from './stores/backends.js'
import { type DriverName, drivers } from './stores/store.js'
import { limits } from './usage.js'
import { type WorkloadName, workloads } from './workload.js'

export interface BenchOptions {
  readonly workload: WorkloadName | 'R'
  readonly backend: BackendName
  /** The server; absent where the backend needs none. */
  readonly kind?: Kind
  readonly driver: DriverName
  /** What Avout is measured against. */
  readonly against: readonly PeerName[]
  /** Measured seconds of each system, warm-up apart; for R the seconds of filling. */
  readonly seconds: number
  readonly rounds: number
  /** Avout connections of each process that the concurrent loops are spread over. */
  readonly clients: number
  /** Of a peer, in all processes together; its own choice if absent. */
  readonly connections?: number
  readonly processes: number
  /** How many increments C makes, in place of a time. */
  readonly total?: number
  readonly json: boolean
  readonly help: boolean
}

/** Reads the command line. Throws `UsageError` for what it does not know or cannot use. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const values = readValues(args, {
    workload: { type: 'string', default: 'T' },
    backend: { type: 'string', default: 'memory' },
    kind: { type: 'string' },
    driver: { type: 'string' },
    against: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string' },
    clients: { type: 'string', default: '1' },
    connections: { type: 'string' },
    processes: { type: 'string', default: '1' },
    total: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  })
  const workload = oneOf('--workload', values.workload, { ...workloads, R: true })
  const backend = oneOf('--backend', values.backend, backends)
  const kind = kindOf(backend, values.kind)
  const against = againstOf(values.against, workload, backend)
  const processes = wholeNumber('--processes', values.processes, limits.processes)
  if (processes > 1) checkSpread(workload, backend, against)
  return {
    workload,
    backend,
    ...(kind && { kind }),
    driver: driverOf(backend, values.driver),
    against,
    seconds: realNumber('--seconds', values.seconds, limits.seconds),
    rounds: wholeNumber('--rounds', values.rounds ?? (values.total === undefined ? '5' : '1'), limits.rounds),
    clients: wholeNumber('--clients', values.clients, limits.clients),
    ...connectionsOf(values.connections, against),
    processes,
    ...totalOf(values.total, workload),
    json: values.json,
    help: values.help,
  }
}

function kindOf(backend: BackendName, text: string | undefined): Kind | undefined {
  const { kinds } = backendOf(backend)
  if (text === undefined) return kinds[0]
  if (kinds.length === 0) throw new UsageError(`--kind is for backends on a server: ${backend} needs none`)
  return oneOf(
    `--kind of ${backend}`,
    text,
    Object.fromEntries(kinds.map((kind) => [kind, true])) as Record<Kind, true>,
  )
}

function driverOf(backend: BackendName, text: string | undefined): DriverName {
  if (text === undefined) return 'node-zookeeper-client'
  if (backend !== 'zookeeper') throw new UsageError(`--driver is for --backend zookeeper: ${backend} has one driver`)
  return oneOf('--driver', text, drivers)
}

function againstOf(text: string | undefined, workload: BenchOptions['workload'], backend: BackendName) {
  if (workload === 'R') {
    if (text === undefined || text === 'none') return []
    throw new UsageError(`--workload R has no peer: ${text} keeps no log`)
  }
  if (text === undefined) return peersOf(backend, workload).filter((name) => name !== 'effect-update')
  const name = oneOf('--against', text, { peers: true, none: true, ...peers })
  if (name === 'none') return []
  if (name === 'peers') return peersOf(backend, workload)
  const { on, workloads: measured } = peerOf(name)
  if (on !== undefined && !on.includes(backend)) {
    throw new UsageError(`--against ${name} is for --backend ${on.join(', ')}, not ${backend}`)
  }
  if (!measured.includes(workload)) {
    throw new UsageError(`--against ${name} is for --workload ${measured.join(', ')}, not ${workload}`)
  }
  return [name]
}

function totalOf(text: string | undefined, workload: BenchOptions['workload']) {
  if (text === undefined) return {}
  if (workload !== 'C') throw new UsageError(`--total is for --workload C, not ${workload}`)
  return { total: wholeNumber('--total', text, limits.total) }
}

function connectionsOf(text: string | undefined, against: readonly PeerName[]) {
  if (text === undefined) return {}
  const connections = wholeNumber('--connections', text, limits.connections)
  if (against.some((name) => peerOf(name).connections !== undefined)) return { connections }
  throw new UsageError('--connections is for peers that have a pool: there is none in this run')
}

function checkSpread(workload: BenchOptions['workload'], backend: BackendName, against: readonly PeerName[]): void {
  const only = '--processes is for --workload T, H, AH or C'
  const { by, concurrency } = workload === 'R' ? { by: 'refs', concurrency: 1 } : workloads[workload]
  if (by === 'lock')
    throw new UsageError(`${only}: what the lock of ${workload} guards is in the memory of one process`)
  if (concurrency === 1) throw new UsageError(`${only}: ${workload} has one caller`)
  if (backend === 'memory') throw new UsageError('--processes needs a backend that processes share: memory is in one')
  const alone = against.find((name) => peerOf(name).on === undefined)
  if (alone !== undefined) throw new UsageError(`--processes needs peers that processes share: ${alone} is in one`)
}
