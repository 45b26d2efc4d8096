import { MASTER_ONLY, SPREAD } from './log.js'

/** KEYS a hash of versions for each entry; ARGV version and JSON of each. Answers 1 for each that was free. */
export const PUT = `${SPREAD}
local won = {}
for i = 1, #KEYS do won[i] = redis.call('HSETNX', KEYS[i], ARGV[i + i - 1], ARGV[i + i]) end
if redis.call('TIME')[2] % 16 == 0 then spread(1) end
return won
`

/** KEYS head, a hash of versions for each entry; ARGV the versions. */
export const GET = `${MASTER_ONLY}
local values = {}
for i = 2, #KEYS do values[i - 1] = redis.call('HGET', KEYS[i], ARGV[i - 1]) end
return values
`

/** KEYS a hash of versions for each entry; ARGV the versions. */
export const REMOVE = `
for i = 1, #KEYS do redis.call('HDEL', KEYS[i], ARGV[i]) end
return 0
`

/**
 * KEYS positions, the key of the current value for each head; ARGV ref, position and JSON of each, an empty text where it was
 * deleted. Positions stay when a value goes, so that an older head that comes late shows nothing.
 */
export const SHOW = `
for i = 2, #KEYS do
  local at = i * 3 - 6
  local ref, position, json = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local shown = redis.call('HGET', KEYS[1], ref)
  if not shown or tonumber(shown) < tonumber(position) then
    redis.call('HSET', KEYS[1], ref, position)
    if json == '' then redis.call('UNLINK', KEYS[i]) else redis.call('SET', KEYS[i], json) end
  end
end
return 0
`
