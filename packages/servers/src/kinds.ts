/** Every kind of server, in the order in which they are listed. */
export const kinds = [
  'redis',
  'redis-everysec',
  'redis-cluster',
  'postgres',
  'pgbouncer',
  'mongo',
  'mongo-replica-set',
  'mongo-three',
  'zookeeper',
  'zookeeper-three',
] as const

/**
 * A kind of server: `redis` (appendfsync always), `redis-everysec`, `redis-cluster` (three masters), `postgres`, `pgbouncer`
 * (transaction mode, in front of a PostgreSQL of its own), `mongo` (standalone), `mongo-replica-set` (one node),
 * `mongo-three`, `zookeeper`, `zookeeper-three`.
 */
export type Kind = (typeof kinds)[number]

/** Whether a text names a kind. */
export function isKind(text: string): text is Kind {
  return kinds.some((kind) => kind === text)
}

/** Refuses, with a TypeError that lists the kinds, what is none: callers in JavaScript are not checked by a compiler. */
export function checkKind(text: string): Kind {
  if (!isKind(text)) throw new TypeError(`There is no kind of server called '${text}'. There are: ${kinds.join(', ')}.`)
  return text
}

/** The environment variable that gives a kind's URL: AVOUT_MONGO_REPLICA_SET_URL for `mongo-replica-set`. */
export const variableOf = (kind: Kind) => `AVOUT_${kind.toUpperCase().replaceAll('-', '_')}_URL`
