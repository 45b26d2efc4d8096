import type { ServerName } from '../stores/assignment.js'

/**
 * What a store shows of current values to who reads it without Avout: with its own, ordinary client. Every call settles in
 * bounded time and rejects with the client's own errors.
 */
export interface OwnView extends AsyncDisposable {
  /** Resolves if the store answers. */
  ping(): Promise<void>
  /** Current values by the names of their refs: of all refs of a realm whose names begin with `prefix`. */
  values(realm: string, prefix: string): Promise<ReadonlyMap<string, unknown>>
  /** The value of an atom; undefined where it was never changed. */
  atom(realm: string, name: string): Promise<unknown>
}

/** The npm packages that read. */
export const clientOf: Readonly<Record<ServerName, string>> = {
  redis: 'ioredis',
  postgres: 'pg',
  mongo: 'mongodb',
  zookeeper: 'node-zookeeper-client',
}

/** Milliseconds that a store has for connecting, and for each answer. */
export const patience = 10_000
