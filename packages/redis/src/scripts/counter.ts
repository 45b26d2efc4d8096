import { MASTER_ONLY } from './log.js'

/** KEYS counters; ARGV name, n. Answers the new value, or -1 where numbers would no longer be exact. */
export const NEXT = `
local n = tonumber(ARGV[2])
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') + n > 9007199254740991 then return -1 end
return redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
`

/** KEYS counters; ARGV name. */
export const COUNT = `${MASTER_ONLY}
return tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
`
