-- Lends hosts whose turn has come to one fetcher, each with a few of its URLs: what fell due and what expired
-- leases hold goes back first, so that no host is ever lent twice and nothing stays lost with a dead fetcher.
-- args: {fetcher, hosts wanted, run_ms, most URLs of a run, lease_ms, default delay_ms, most URLs of a dead host}
local fetcher, want, run_ms, most, lease_ms, default_delay, dead_most = unpack(args)
local STEP = 500

-- When the server's clock was set back, times from before lie far ahead: what is further away than any delay lawfully
-- is, is due now.  Hosts keep the delay that they may have asked for.
local HOUR = 3600000
for _, host in ipairs(redis.call('ZREVRANGEBYSCORE', HOSTS, '+inf', '(' .. int(now + HOUR), 'LIMIT', 0, STEP)) do
  local delay = tonumber(redis.call('HGET', state_of(host), 'delay') or 0)
  if tonumber(redis.call('ZSCORE', HOSTS, host)) > now + math.max(delay, HOUR) then
    redis.call('HSET', state_of(host), 'next', int(now + delay))
    redis.call('HDEL', state_of(host), 'dead')
    redis.call('ZADD', HOSTS, int(now + delay), host)
  end
end
for _, pair in ipairs({ { BUSY, HOUR }, { LENT, HOUR }, { RETRIES, 30 * HOUR }, { VISITS, 30 * HOUR } }) do
  local key, longest = pair[1], pair[2]
  for _, member in ipairs(redis.call('ZREVRANGEBYSCORE', key, '+inf', '(' .. int(now + longest), 'LIMIT', 0, STEP)) do
    redis.call('ZADD', key, int(now), member)
  end
end

for _, key in ipairs({ RETRIES, VISITS }) do
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, STEP)) do
    redis.call('ZREM', key, member)
    enqueue(host_of(member), id_of(member), key == VISITS and 0 or 1)
  end
end
for _, host in ipairs(redis.call('ZRANGEBYSCORE', BUSY, '-inf', now, 'LIMIT', 0, STEP)) do
  redis.call('ZREM', BUSY, host)
  place(host)
end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', LENT, '-inf', now, 'LIMIT', 0, STEP)) do
  local host, id = host_of(member), id_of(member)
  redis.call('ZREM', LENT, member)
  if redis.call('HEXISTS', entries_of(host), id) == 1 then
    redis.call('HINCRBY', P .. 'lost', id, 1)
    enqueue(host, id, 0)
  end
end

local leases = {}
for _, host in ipairs(redis.call('ZRANGEBYSCORE', HOSTS, '-inf', string.format('%.3f', now_exact), 'LIMIT', 0, want)) do
  local state = redis.call('HMGET', state_of(host), 'delay', 'dead', 'guest_until')
  local delay = tonumber(state[1] or default_delay)
  local dead = tonumber(state[2] or 0) > now
  local count = dead and dead_most or math.max(1, math.min(most, math.floor(run_ms / math.max(delay, 1))))
  local urls = {}
  local guest_until = tonumber(state[3] or 0)
  local is_kept = guest_until > now
  local popped = is_kept and {} or redis.call('ZPOPMIN', queue_of(host), count)
  for i = 1, #popped, 2 do
    local id = popped[i]
    local blob = redis.call('HGET', entries_of(host), id)
    if blob then
      redis.call('ZADD', LENT, int(now + lease_ms), lent_as(host, id))
      urls[#urls + 1] = { id, blob, redis.call('HGET', P .. 'tries', id) or '0',
        redis.call('HGET', P .. 'lost', id) or '0', redis.call('HGET', P .. 'validators', id) }
    end
  end
  if #urls > 0 then
    redis.call('ZREM', HOSTS, host)
    redis.call('ZADD', BUSY, int(now + lease_ms), host)
    redis.call('HSET', state_of(host), 'holder', fetcher)
    redis.call('HDEL', state_of(host), 'asks')
    list(host)
    leases[#leases + 1] = { host, int(delay), dead and 1 or 0, urls }
  elseif is_kept then
    redis.call('ZADD', HOSTS, int(guest_until), host)
  else
    place(host)
  end
end
return leases
