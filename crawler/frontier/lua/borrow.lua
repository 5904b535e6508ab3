-- Lends a host for one request to a guest, who has none of its URLs: a robots.txt that moved there.  While a guest waits
-- the host is lent to nobody else, for two seconds at most after it asked last.
-- args: {guest, host, lease_ms, default delay_ms}; returns the host's delay in ms, -1 when it is not its turn yet
local guest, host, lease_ms, default_delay = unpack(args)
local state = state_of(host)
local next_turn, delay, waiting, until_ms, paused =
  unpack(redis.call('HMGET', state, 'next', 'delay', 'guest', 'guest_until', 'paused'))
local is_taken = waiting and waiting ~= guest and tonumber(until_ms) > now
if paused or is_taken then return -1 end
if redis.call('ZSCORE', BUSY, host) or tonumber(next_turn or 0) > now then
  redis.call('HSET', state, 'guest', guest, 'guest_until', int(now + 2000))
  return -1
end
redis.call('HDEL', state, 'guest', 'guest_until')
redis.call('HSET', state, 'holder', guest)
list(host)
-- Of a host that nobody crawls nothing is kept for long.
if redis.call('HEXISTS', state, 'since') == 0 then redis.call('EXPIRE', state, 86400) end
redis.call('ZADD', BUSY, int(now + lease_ms), host)
redis.call('ZREM', HOSTS, host)
return tonumber(delay or default_delay)
