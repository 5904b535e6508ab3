-- Gives hosts back after their requests: the next turn, the failures in a row and the breaker change with the lease.
-- args: {fetcher, breaker {failures, dead_ms, base_ms}, hosts {host, age_ms, delay_ms, fetched, failed, error, hold_ms, robots}}
local fetcher, breaker = args[1], args[2]
for _, item in ipairs(args[3]) do
  local host, age, delay, fetched, failed, reason, hold = unpack(item)
  local state = state_of(host)
  local free_at = now - age + delay
  if redis.call('HGET', state, 'holder') == fetcher then
    if fetched > 0 then redis.call('HINCRBY', state, 'fetched', fetched) end
    if failed > 0 then redis.call('HINCRBY', state, 'failed', failed) end
    redis.call('HSET', state, 'delay', int(delay), 'at', int(now - age))
    if reason ~= '' then redis.call('HSET', state, 'error', reason, 'error_at', int(now)) end
    if fetched > 0 then
      redis.call('HDEL', state, 'row', 'dead')
    elseif failed > 0 then
      local row = redis.call('HINCRBY', state, 'row', failed)
      if row >= breaker[1] then redis.call('HSET', state, 'dead', int(now + breaker[2])) end
      free_at = math.max(free_at, now + math.min(breaker[3] * 2 ^ math.min(row - 1, 10), breaker[2]))
    end
    free_at = math.max(free_at, now + hold)
    redis.call('HSET', state, 'next', int(free_at))
    redis.call('HDEL', state, 'holder')
    redis.call('ZREM', BUSY, host)
    place(host)
  end
end
return #args[3]
