import { MASTER_ONLY } from './log.js'

/** KEYS head, the state. */
export const LOOK = `${MASTER_ONLY}
return redis.call('GET', KEYS[2])
`

/**
 * KEYS the state, which is its channel too; ARGV how it is expected ('any', 'none' or 'value'), the expected JSON, the new JSON
 * (an empty text deletes it). Answers 1 if it was set.
 */
export const SET = `${MASTER_ONLY}
local expected = ARGV[1]
if expected ~= 'any' then
  local found = redis.call('GET', KEYS[1])
  if expected == 'none' then
    if found then return 0 end
  elseif found ~= ARGV[2] then return 0 end
end
if ARGV[3] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[3]) end
redis.call('PUBLISH', KEYS[1], '')
return 1
`
