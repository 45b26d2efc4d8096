import type { Coordinator } from '@avout/core'

/** A store that Avout is measured on. */
export interface Store {
  /** Where a realm's log and values are. Called again for the same realm, it is the same log and the same values. */
  coordinator(realm: string): Coordinator
  /** Takes a realm that nobody uses any more off the server: it may be one that others use too. */
  remove(realm: string): Promise<void>
}

/** The drivers of ZooKeeper: the second has `multi`, and nothing of it is compiled. */
export const drivers = { zookeeper: true, 'node-zookeeper-client': true } as const

export type DriverName = keyof typeof drivers
