-- Ends the leases of URLs whose outcome is safe: the entry goes, comes back later, or is planned for its next visit.
-- Runs inside the MULTI that hands the batch over.  An entry that was handed over after its lease expired is dropped
-- from the queue too.  args: list of {host, id, action, delay_ms, changed, validators, seen {host, number} or nil, site, source,
-- fresh_ms}
local ended = 0
for _, item in ipairs(args) do
  local host, id, action, delay, changed, validators, also, site, source, fresh = unpack(item, 1, 10)
  local known = redis.call('HEXISTS', entries_of(host), id) == 1
  redis.call('ZREM', LENT, lent_as(host, id))
  redis.call('ZREM', queue_of(host), id)
  if also then see(also[1], also[2]) end
  if site and site ~= '' then redis.call('SADD', P .. 'sites:' .. source, site) end
  if not known then
    -- forgotten meanwhile
  elseif action == 'retry' then
    redis.call('HINCRBY', P .. 'tries', id, 1)
    if now + delay < tonumber(redis.call('HGET', state_of(host), 'dead') or 0) then
      enqueue(host, id, 1) -- given up meanwhile: to be failed without asking
    else
      redis.call('ZADD', RETRIES, int(now + delay), lent_as(host, id))
    end
  elseif action == 'visit' then
    local rhythm = rhythm_of(id)
    if not rhythm then
      redis.call('HINCRBY', state_of(host), 'visits', 1)
      rhythm = { interval = delay, learned = 0 }
    end
    redis.call('HDEL', P .. 'tries', id)
    redis.call('HDEL', P .. 'lost', id)
    if validators and validators ~= '' then redis.call('HSET', P .. 'validators', id, validators) end
    plan_visit(host, id, now, rhythm.interval * (changed == 'same' and 1.4 or changed == 'failed' and 2 or 1),
      rhythm.learned, fresh)
  else
    drop(host, id)
  end
  if redis.call('ZSCORE', HOSTS, host) then place(host) end
  ended = ended + 1
end
return ended
