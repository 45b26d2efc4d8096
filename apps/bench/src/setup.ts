import { type PeerName, peerOf } from './peers/peers.js'
import { type BackendName, backendOf } from './stores/backends.js'
import type { DriverName, Store } from './stores/store.js'
import { avout } from './systems/avout.js'
import { avoutAtom } from './systems/avout-atom.js'
import { avoutCounter } from './systems/avout-counter.js'
import { avoutLock } from './systems/avout-lock.js'
import type { System } from './systems/system.js'
import { type WorkloadName, workloads } from './workload.js'

/** What makes the same systems in every process of a run. */
export interface Setup {
  readonly workload: WorkloadName
  readonly backend: BackendName
  /** Of the server; empty where there is none. */
  readonly url: string
  readonly driver: DriverName
  readonly against: readonly PeerName[]
  /** Avout connections of each process. */
  readonly clients: number
  /** Of a peer, in all processes together; each peer's own choice if absent. */
  readonly connections?: number
  readonly processes: number
}

export const storeOf = ({ backend, url, driver }: Pick<Setup, 'backend' | 'url' | 'driver'>): Promise<Store> =>
  backendOf(backend).open(url, driver)

/** Avout, then what it is measured against. */
export async function systemsOf(setup: Setup): Promise<readonly System[]> {
  const { backend, url, driver, against, clients, processes } = setup
  const setting = { clients, ...(backend === 'zookeeper' && { driver }) }
  const others = against.map((name) => {
    const peer = peerOf(name)
    const together = setup.connections ?? peer.connections ?? processes
    return peer.open({ backend, url, driver, connections: Math.max(1, Math.round(together / processes)) })
  })
  const ours = { refs: avout, atom: avoutAtom, lock: avoutLock, counter: avoutCounter }[workloads[setup.workload].by]
  return [ours(await storeOf(setup), clients, setting), ...(await Promise.all(others))]
}
