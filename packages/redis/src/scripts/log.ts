/**
 * A write that changes nothing, for none of our keys has a time to live but locks, and is not logged: only who is master may do
 * it. A script that just reads would be answered by a master that was demoted, and its answer would be stale. It stands before
 * every answer that rests on reading alone, refusals among them.
 */
export const MASTER_ONLY = `redis.call('PERSIST', KEYS[1])`

/**
 * Adds to `reply` the position of the first entry behind `after`, and the records from there on: at most `limit`, and a few
 * MB. Entries are dense, so one position says them all; where somebody deleted from the stream by hand, it says so.
 */
const PAGE = `
local function page(reply, after, floor, limit, n)
  local from = math.max(after + 1, floor)
  reply[#reply + 1] = from
  local count, bytes = 0, 0
  while count < limit and from + count <= n and bytes < 4194304 do
    local id = string.format('%.0f-0', from + count)
    local part = redis.call('XRANGE', KEYS[2], id, '+', 'COUNT', math.min(64, limit - count))
    if not part[1] or part[1][1] ~= id then return redis.error_reply('AVOUTHOLE the entry ' .. id .. ' is missing') end
    for _, entry in ipairs(part) do
      local record = entry[2][2]
      reply[#reply + 1] = record
      bytes = bytes + #record
    end
    count = count + #part
  end
end
`

/**
 * A hash of up to 512 short fields is a list, which is searched from its begin: with some hundred versions a write takes 15 µs
 * instead of one. A field too long for a list makes it a table, and a table it stays. To look at every hash at every write would
 * cost more than it spares, so it is done now and then.
 */
export const SPREAD = `
local function spread(first)
  local long = string.rep('-', 1025)
  for i = first, #KEYS do
    if redis.call('HLEN', KEYS[i]) > 15 and redis.call('OBJECT', 'ENCODING', KEYS[i]) ~= 'hashtable' then
      redis.call('HSET', KEYS[i], long, '')
      redis.call('HDEL', KEYS[i], long)
    end
  end
end
`

const HEAD = `
local head = redis.call('HMGET', KEYS[1], 'n', 'floor')
local n, floor = tonumber(head[1] or '0'), tonumber(head[2] or '1')
`

/**
 * KEYS head, log, one of versions for each value; ARGV after, record, version and JSON of each value.
 * Answers the position, then the page of missed entries if there are any; or -1 and the tail, where the caller knows more than
 * there is. Redis does not roll back, so everything is read and judged before the first write, and the entry comes last but
 * for the number that it took: what fails on the way has appended nothing. Values come first: a value without its record is an
 * orphan, which is allowed.
 */
export const APPEND = `${PAGE}${SPREAD}${HEAD}
local after = tonumber(ARGV[1])
if after > n then
  ${MASTER_ONLY}
  return {-1, n}
end
local reply = {n + 1}
if after < n then
  local hole = page(reply, after, floor, 1000, n)
  if hole then return hole end
end
for i = 3, #KEYS do redis.call('HSETNX', KEYS[i], ARGV[i + i - 3], ARGV[i + i - 2]) end
local position = string.format('%.0f', n + 1)
redis.call('XADD', KEYS[2], position .. '-0', 'r', ARGV[2])
redis.call('HSET', KEYS[1], 'n', position)
if n % 16 == 0 then spread(3) end
return reply
`

/** KEYS head, log; ARGV after, limit. Answers the tail, then a page. */
export const READ = `${PAGE}${MASTER_ONLY}${HEAD}
local after = tonumber(ARGV[1])
local reply = {n}
if after < n then
  local hole = page(reply, after, floor, tonumber(ARGV[2]), n)
  if hole then return hole end
end
return reply
`

/** KEYS head. Answers tail and floor. */
export const HEADS = `${MASTER_ONLY}${HEAD}
return {n, floor}
`

/**
 * KEYS head, log; ARGV below. Raises the floor, then deletes a bounded part of what is below it; answers 1 when there is more
 * to delete. Whole nodes of the stream go first, at most so many entries a call: an exact trim of a long log would stop the
 * server for as long as it takes.
 */
export const TRIM = `${HEAD}
local below = math.min(tonumber(ARGV[1]), n)
if below > floor then
  floor = below
  redis.call('HSET', KEYS[1], 'floor', string.format('%.0f', floor))
end
if floor <= 1 then return 0 end
local id = string.format('%.0f', floor)
if redis.call('XTRIM', KEYS[2], 'MINID', '~', id, 'LIMIT', 10000) > 0 then return 1 end
redis.call('XTRIM', KEYS[2], 'MINID', '=', id)
return 0
`
