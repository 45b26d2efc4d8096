/**
 * KEYS the lock, which is its channel too, and tokens; ARGV name, what to do, id, owner, mode, lease.
 *
 * The lock is one JSON text: `grants`, who holds it, and `waiting`, in the order of their turn, each with an id, an end by this
 * server's clock and the length of its lease. Whatever is asked, those whose time is over go first, and whose turn it then is
 * is granted the lock and told so on the channel, with the token: a lock changes hands in one round trip.
 *
 * enter: queues up; look: renews what the id has; both answer 1 and the token where it holds, 0 where it waits, -1 where it is
 * not known. leave: gives back what it has; answers -1 where it had nothing. queue: answers owner, token (0 where it waits) and
 * the time at which it queued up of each.
 */
export const LOCK = `
redis.call('PERSIST', KEYS[2])
local name, what, id, owner, mode, lease = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6] or '0')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = redis.call('GET', KEYS[1])
local lock = text and cjson.decode(text) or {grants = {}, waiting = {}}
local changed = false

local function alive(list)
  local kept = {}
  for _, one in ipairs(list) do
    if one.ends > now then kept[#kept + 1] = one else changed = true end
  end
  return kept
end
local grants, waiting = alive(lock.grants), alive(lock.waiting)

local function find(list)
  for at, one in ipairs(list) do if one.id == id then return one, at end end
end

local function holds(who, how)
  for _, grant in ipairs(grants) do if grant.owner == who and grant.mode == how then return true end end
  return false
end

local function reenters(one)
  return holds(one.owner, 'write') or (one.mode == 'read' and holds(one.owner, 'read'))
end

local function isNext(one)
  if not one then return false end
  for _, grant in ipairs(grants) do
    if grant.owner ~= one.owner and (grant.mode == 'write' or one.mode == 'write') then return false end
  end
  return true
end

local function tokenFor(one)
  if not reenters(one) then return redis.call('HINCRBY', KEYS[2], name, 1) end
  local token = 0
  for _, grant in ipairs(grants) do if grant.owner == one.owner then token = math.max(token, grant.token) end end
  return token
end

local function serve()
  while true do
    local at
    for i, one in ipairs(waiting) do
      if reenters(one) then
        at = i
        break
      end
    end
    if not at and isNext(waiting[1]) then at = 1 end
    if not at then return end
    local one = table.remove(waiting, at)
    one.token = tokenFor(one)
    one.ends = now + one.lease
    grants[#grants + 1] = one
    changed = true
    if one.id ~= id then redis.call('PUBLISH', KEYS[1], one.id .. ' ' .. string.format('%.0f', one.token)) end
  end
end

if what == 'enter' and not find(grants) and not find(waiting) then
  local one = {id = id, owner = owner, mode = mode, lease = lease, since = now, ends = now + lease, token = 0}
  local at = #waiting + 1
  if mode == 'write' and holds(owner, 'read') then
    for i, other in ipairs(waiting) do
      if not holds(other.owner, 'read') then
        at = i
        break
      end
    end
  end
  table.insert(waiting, at, one)
  changed = true
end

local answer = 0
if what == 'look' then
  local holding = find(grants)
  local one = holding or find(waiting)
  -- A place is kept without a write for as long as most of its time is left.
  if one and (holding or one.ends - now < one.lease * 5 / 6) then
    one.ends = now + one.lease
    changed = true
  end
elseif what == 'leave' then
  local _, held = find(grants)
  local _, waits = find(waiting)
  if held then table.remove(grants, held) elseif waits then table.remove(waiting, waits) else answer = -1 end
  changed = changed or answer == 0
end
serve()

if changed then
  if #grants + #waiting == 0 then
    redis.call('DEL', KEYS[1])
  else
    local last = now
    for _, one in ipairs(grants) do last = math.max(last, one.ends) end
    for _, one in ipairs(waiting) do last = math.max(last, one.ends) end
    redis.call('SET', KEYS[1], cjson.encode({grants = grants, waiting = waiting}), 'PX', math.ceil(last - now) + 60000)
  end
end

if what == 'leave' then return {answer} end
if what == 'queue' then
  local reply = {}
  for _, list in ipairs({grants, waiting}) do
    for _, one in ipairs(list) do
      reply[#reply + 1] = one.owner
      reply[#reply + 1] = one.token
      reply[#reply + 1] = one.since
    end
  end
  return reply
end
local mine = find(grants)
if mine then return {1, mine.token} end
if find(waiting) then return {0} end
return {-1}
`
