export type { RedisStoreOptions } from './options.js'
export { redis } from './redis.js'
