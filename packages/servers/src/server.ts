import type { Kind } from './kinds.js'

/** A server that somebody else may be using too: tests keep to a realm of their own, and leave it running. */
export interface Server {
  readonly kind: Kind
  /**
   * Where it is: `redis://host:port` (one of the nodes of a cluster), `postgres://user@host:port/database`, `mongodb://...`
   * (with `replicaSet` where it is one), `host:port[,host:port...]` of ZooKeeper.
   */
  readonly url: string
  /** Gives it back. It is stopped when nobody needs it any more. */
  close(): Promise<void>
}

/** A server that one test has to itself and may abuse. Port and data are the same after `start` as before `stop` or `kill`. */
export interface OwnServer extends Server, AsyncDisposable {
  /** The main process of each node that runs. A node's children (PostgreSQL's backends) are not listed but get its signals. */
  readonly pids: readonly number[]
  /** The first of `pids`, undefined while it is stopped. */
  readonly pid: number | undefined
  /** Several nodes: each of them. One node: itself alone. */
  readonly nodes: readonly OwnServer[]
  /** Stops it in order, waits until it has ended. */
  stop(): Promise<void>
  /** Starts what `stop` or `kill` ended, waits until it answers. Rejects after 45 s, with the last lines of its log. */
  start(): Promise<void>
  /** `stop`, then `start`. */
  restart(): Promise<void>
  /** SIGKILL to it and its children, waits until they are gone. */
  kill(): Promise<void>
  /** SIGSTOP to it and its children: connections stay, nothing answers. */
  pause(): Promise<void>
  /** SIGCONT to it and its children. */
  resume(): Promise<void>
  /** Resolves if it answers within 2 s, rejects with the reason if it does not. */
  ping(): Promise<void>
  /** Ends it and removes its folder. It cannot be started again. */
  close(): Promise<void>
}
