-- Moves an entry to the host that a redirect names, unless its target was seen: then the lease stays and 0 is returned.
-- args: {host, id, even_if_seen, keep, {host, id, number, blob, score, site, source}}
local host, id, even_if_seen, keep, target = unpack(args)
if not see(target.host, target.number) and not even_if_seen then return 0 end
if target.site ~= '' then redis.call('SADD', P .. 'sites:' .. target.source, target.site) end
-- What waits under another URL's name gives that URL its outcome: this one has to have its own.
if not keep and redis.call('HEXISTS', entries_of(target.host), target.id) == 1 then return 0 end
if redis.call('HSETNX', entries_of(target.host), target.id, target.blob) == 1 then
  if redis.call('HSETNX', state_of(target.host), 'since', int(now)) == 1 then list(target.host) end
  enqueue(target.host, target.id, target.score)
end
if keep then
  redis.call('ZREM', LENT, lent_as(host, id))
  local rhythm = rhythm_of(id)
  if not rhythm then redis.call('HINCRBY', state_of(host), 'visits', 1) end
  plan_visit(host, id, now, rhythm and rhythm.interval or keep, rhythm and rhythm.learned or 0)
else
  drop(host, id)
end
return 1
