import { MASTER_ONLY } from './log.js'

/**
 * KEYS counters; ARGV name, n. Answers the new value as a text, since the driver misreads integers near 2^53; nothing where
 * numbers would no longer be exact.
 */
export const NEXT = `${MASTER_ONLY}
local n = tonumber(ARGV[2])
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') + n > 9007199254740991 then return false end
redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])
`

/** KEYS counters; ARGV name. Answers a text. */
export const COUNT = `${MASTER_ONLY}
return redis.call('HGET', KEYS[1], ARGV[1])
`
