-- What a person may do to a host: pause, resume, forget (its queue, visits, counters and what was seen of it), visit now.
-- args: {what, host}
local what, host = args[1], args[2]
local function moved(key)
  local n = 0
  for _, id in ipairs(redis.call('HKEYS', entries_of(host))) do
    if redis.call('ZREM', key, lent_as(host, id)) == 1 then
      enqueue(host, id, 0)
      n = n + 1
    end
  end
  return n
end
local known = redis.call('EXISTS', state_of(host)) + redis.call('EXISTS', entries_of(host))
if known == 0 then return -1 end
list(host)
if what == 'pause' then
  redis.call('HSET', state_of(host), 'paused', 1)
  place(host)
elseif what == 'resume' then
  local state = redis.call('HMGET', state_of(host), 'at', 'delay')
  redis.call('HDEL', state_of(host), 'paused', 'dead', 'row')
  redis.call('HSET', state_of(host), 'next', int((state[1] or 0) + (state[2] or 0)))
  redis.call('ZREM', HOSTS, host)
  place(host)
elseif what == 'visit_now' then
  return moved(VISITS) + moved(RETRIES)
elseif what == 'forget' then
  local ids = redis.call('HKEYS', entries_of(host))
  for _, id in ipairs(ids) do drop(host, id) end
  redis.call('HINCRBY', P .. 'epochs', host, 1)
  redis.call('DEL', queue_of(host), entries_of(host), P .. 'queries:' .. host, ARGV[1] .. 'robots:http://' .. host,
    ARGV[1] .. 'robots:https://' .. host)
  -- A request may be under way: the host stays lent, and its next turn stays where it was.
  local next_turn, holder = unpack(redis.call('HMGET', state_of(host), 'next', 'holder'))
  redis.call('DEL', state_of(host))
  if next_turn then redis.call('HSET', state_of(host), 'next', next_turn) end
  if holder then redis.call('HSET', state_of(host), 'holder', holder) end
  redis.call('EXPIRE', state_of(host), 3600)
  place(host)
  return #ids
end
return 1
