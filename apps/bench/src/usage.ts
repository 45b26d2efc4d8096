import { peers } from './peers/peers.js'
import { backends } from './stores/backends.js'
import { drivers } from './stores/store.js'

export const limits = {
  seconds: { min: 0.05, max: 600 },
  rounds: { min: 1, max: 99 },
  clients: { min: 1, max: 64 },
  connections: { min: 1, max: 256 },
  processes: { min: 1, max: 16 },
  total: { min: 1, max: 100_000_000 },
} as const

const { seconds, rounds, clients, connections, processes, total } = limits
const names = (table: object): string => Object.keys(table).join('|')
const kinds = Object.values(backends)
  .filter((backend) => backend.kinds.length > 1)
  .map((backend) => backend.kinds.join('|'))
  .join(', or ')

export const usage = `Usage: pnpm bench [--workload T|H|L|A|AH|C|K|KL|R] [options]

Measures Avout and, in the same run, peers that do the same work on the same server; checks every balance afterwards.

  --workload T     transfers between 2 of 1,000 refs, 64 concurrent (default)
             H     the same over 2 refs
             L     as T, one at a time
             A     the same accounts in one atom: swaps, one at a time
             AH    as A, 16 concurrent
             C     one ref that 64 count up, by the operation ops.add(1); against alter, by tx.alter
             K     one lock that 64 contend for; who holds it makes a transfer in memory. the times are what it took to enter and to leave
             KL    the same without anybody else: to enter and to leave are two durable writes, its peer is one
             R     a log filled with transfers, then replayed by a client that starts cold: transactions a second, one core
  --backend        ${names(backends)} (default memory): where Avout keeps its log and values
  --kind           ${kinds}:
                   the server (default: the first)
  --driver         ${names(drivers)} (default node-zookeeper-client): that of --backend zookeeper
  --against        peers|none|NAME (default: effect on memory, else peers; R knows none). NAME is one of
                   ${names(peers)}.
                   peers: with L and KL the bare write, else what does the same on that backend (K: only on Redis)
  --seconds S      measured time of each system, all rounds together, ${seconds.min} to ${seconds.max} (default 3); for R the time of filling
  --rounds N       rounds in which the systems take turns, ${rounds.min} to ${rounds.max} (default 5)
  --clients N      Avout connections of each process, ${clients.min} to ${clients.max} (default 1)
  --connections N  connections of a peer, in all processes together, ${connections.min} to ${connections.max} (default: each peer's best)
  --processes N    processes that the concurrent loops are spread over, ${processes.min} to ${processes.max} (default 1)
  --total N        with C: so many increments, ${total.min} to ${total.max}, however long they take, in one round unless --rounds says more
  --json           a JSON object a system and line, then one a peer with the ratios
  --help           this text

A server is the one that AVOUT_<KIND>_URL names, else one of \`pnpm servers up\`, else one started for this run.

Exit codes: 0 measured and every balance right; 1 a balance is wrong, or there is no such server; 2 wrong usage.
`
