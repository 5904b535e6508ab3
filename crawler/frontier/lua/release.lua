-- Gives URLs back unfetched, to the front of their queues, without counting a try.  args: list of {host, id}
for _, item in ipairs(args) do
  local host, id = item[1], item[2]
  if redis.call('ZREM', LENT, lent_as(host, id)) == 1 and redis.call('HEXISTS', entries_of(host), id) == 1 then
    enqueue(host, id, 0)
  end
end
return #args
