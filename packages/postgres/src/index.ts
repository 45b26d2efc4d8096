export { migration } from './migration.js'
export type { PooledClient, PostgresConnection, PostgresOptions, PostgresPool, PostgresPooled } from './options.js'
export { postgres } from './postgres.js'
