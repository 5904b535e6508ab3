-- Prolongs the leases that a living fetcher still holds; returns the hosts that it has lost.
-- args: {fetcher, lease_ms, hosts, list of {host, id}}
local fetcher, lease_ms, hosts, urls = unpack(args)
local lost = {}
for _, host in ipairs(hosts) do
  if redis.call('HGET', state_of(host), 'holder') == fetcher and redis.call('ZSCORE', BUSY, host) then
    redis.call('ZADD', BUSY, int(now + lease_ms), host)
  else
    lost[#lost + 1] = host
  end
end
for _, item in ipairs(urls) do redis.call('ZADD', LENT, 'XX', int(now + lease_ms), lent_as(item[1], item[2])) end
return lost
