-- Gives hosts back after their requests: the next turn, the failures in a row and the breaker change with the lease.
-- args: {fetcher, breaker {failures, dead_ms, base_ms, strangers}, hosts {host, age_ms, delay_ms, fetched, failed, error, hold_ms,
-- nobody_there}}
local fetcher, breaker = args[1], args[2]

-- A host is given up: what would be tried again while it is dead comes back now, to be failed without asking.
local function give_up(host, until_ms)
  redis.call('HSET', state_of(host), 'dead', int(until_ms))
  for _, id in ipairs(redis.call('HKEYS', entries_of(host))) do
    local due = redis.call('ZSCORE', RETRIES, lent_as(host, id))
    if due and tonumber(due) < until_ms then
      redis.call('ZREM', RETRIES, lent_as(host, id))
      enqueue(host, id, 1)
    end
  end
end

for _, item in ipairs(args[3]) do
  local host, age, delay, fetched, failed, reason, hold, nobody_there = unpack(item)
  local state = state_of(host)
  -- To the microsecond: rounded down, a turn would come sooner than the delay allows.
  local free_at = now_exact - age + delay
  if redis.call('HGET', state, 'holder') == fetcher then
    if fetched > 0 then redis.call('HINCRBY', state, 'fetched', fetched) end
    if failed > 0 then redis.call('HINCRBY', state, 'failed', failed) end
    redis.call('HSET', state, 'delay', int(delay), 'at', int(now - age))
    if reason ~= '' then redis.call('HSET', state, 'error', reason, 'error_at', int(now)) end
    if fetched > 0 then
      redis.call('HDEL', state, 'row', 'dead')
    elseif failed > 0 then
      local row = redis.call('HINCRBY', state, 'row', failed)
      local is_stranger = nobody_there and redis.call('HEXISTS', state, 'fetched') == 0
      if row >= (is_stranger and breaker[4] or breaker[1]) then
        give_up(host, now + breaker[2])
      else
        free_at = math.max(free_at, now + math.min(breaker[3] * 2 ^ math.min(row - 1, 10), breaker[2]))
      end
    end
    free_at = math.max(free_at, now + hold)
    redis.call('HSET', state, 'next', string.format('%.3f', free_at))
    redis.call('HDEL', state, 'holder', 'asks')
    redis.call('ZREM', BUSY, host)
    place(host)
  end
end
return #args[3]
