-- Lends a host for one request to a guest, who has none of its URLs: a robots.txt that moved there.  While a guest waits
-- the host is lent to nobody else, for two seconds at most after it asked last.
-- args: {guest, host, lease_ms, default delay_ms, from}; returns the host's delay in ms, -1 when it is not its turn yet, -2
-- when its turn cannot come: who holds it waits, over others perhaps, for the host ``from`` that the guest holds.
local guest, host, lease_ms, default_delay, from = unpack(args)
local state = state_of(host)
local next_turn, delay, waiting, until_ms, paused =
  unpack(redis.call('HMGET', state, 'next', 'delay', 'guest', 'guest_until', 'paused'))
local is_taken = waiting and waiting ~= guest and tonumber(until_ms) > now
-- Each host lent to somebody who waits for another names it; chains are as short as the redirects of a robots.txt.
local function waits_for_ours()
  local at = host
  for _ = 1, 6 do
    at = redis.call('HGET', state_of(at), 'asks')
    if not at then return false end
    if at == from then return true end
  end
  return false
end

local is_lent = redis.call('ZSCORE', BUSY, host)
if is_lent and from ~= '' and waits_for_ours() then
  redis.call('HDEL', state_of(from), 'asks')
  return -2
end
if paused or is_taken then return -1 end
if is_lent or tonumber(next_turn or 0) > now_exact then
  redis.call('HSET', state, 'guest', guest, 'guest_until', int(now + 2000))
  if from ~= '' then redis.call('HSET', state_of(from), 'asks', host) end
  return -1
end
if from ~= '' then redis.call('HDEL', state_of(from), 'asks') end
redis.call('HDEL', state, 'guest', 'guest_until', 'asks')
redis.call('HSET', state, 'holder', guest)
list(host)
-- Of a host that nobody crawls nothing is kept for long.
if redis.call('HEXISTS', state, 'since') == 0 then redis.call('EXPIRE', state, 86400) end
redis.call('ZADD', BUSY, int(now + lease_ms), host)
redis.call('ZREM', HOSTS, host)
return tonumber(delay or default_delay)
