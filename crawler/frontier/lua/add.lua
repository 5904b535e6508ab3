-- Takes in discovered URLs: scope, seen set, caps and queue in one step, so that no URL is queued twice or seen but not queued.
-- args: {items, max_pages, max_queries, visited}; returns one outcome an item.
local items, max_pages, max_queries, visited = args[1], args[2], args[3], args[4]
local today = math.floor(now / 86400000)
local fresh = {}
local outcomes = {}

local function is_of(source, suffixes)
  for _, suffix in ipairs(suffixes) do
    if redis.call('SISMEMBER', P .. 'sites:' .. source, suffix) == 1 then return true end
  end
  return false
end

-- A source without seeds (an ingested file) has no sites: its pages vouch for their own.
local function in_scope(item)
  if item.same_site and redis.call('EXISTS', P .. 'sites:' .. item.source) == 0 then return true end
  if is_of(item.source, item.suffixes) then return true end
  return item.hinted and (item.parent_suffixes == nil or is_of(item.source, item.parent_suffixes)
    or redis.call('EXISTS', P .. 'sites:' .. item.source) == 0)
end

local function is_full(item)
  local state = state_of(item.host)
  local counted = redis.call('HMGET', state, 'day', 'pages')
  if tonumber(counted[1] or -1) ~= today then redis.call('HSET', state, 'day', today, 'pages', 0) counted[2] = 0 end
  return tonumber(counted[2] or 0) >= max_pages
end

local function has_many_queries(item)
  if not item.query_of then return false end
  local key = P .. 'queries:' .. item.host
  local n = redis.call('HINCRBY', key, item.query_of, 1)
  if n == 1 then redis.call('EXPIRE', key, 86400) end
  return n > max_queries
end

local function store(item)
  if redis.call('HSETNX', state_of(item.host), 'since', int(now)) == 1 then list(item.host) end
  redis.call('PERSIST', state_of(item.host))
  redis.call('HSET', entries_of(item.host), item.id, item.blob)
  enqueue(item.host, item.id, item.score)
end

local function add_seed(item)
  redis.call('SADD', P .. 'sites:' .. item.source, item.site)
  local is_new = see(item.host, item.number)
  if redis.call('HEXISTS', entries_of(item.host), item.id) == 1 then
    if redis.call('ZREM', VISITS, lent_as(item.host, item.id)) == 0 then return 'seen' end
    enqueue(item.host, item.id, item.score)
    return 'again'
  end
  store(item)
  return is_new and 'added' or 'again'
end

-- A feed that dates a page it has dated before with another time says that the page was rewritten.
local function is_rewritten(item)
  if not item.dated then return false end
  local is_first_date = mark(item.host, item.dated[1])
  return mark(item.host, item.dated[2]) and not is_first_date
end

local function add_found(item)
  if not in_scope(item) then return 'out_of_scope' end
  local is_page = not item.visit
  if is_page and is_full(item) then return 'host_full' end
  if is_page and has_many_queries(item) then return 'too_many_queries' end
  local is_new, is_rewritten = see(item.host, item.number), is_rewritten(item)
  if not is_new then
    if not is_rewritten or redis.call('HEXISTS', entries_of(item.host), item.id) == 1 then return 'seen' end
    store(item)
    return 'again'
  end
  if is_page then redis.call('HINCRBY', state_of(item.host), 'pages', 1) end
  if item.parent then fresh[item.parent] = (fresh[item.parent] or 0) + 1 end
  store(item)
  return 'added'
end

for i, item in ipairs(items) do
  local outcome = item.seed and add_seed(item) or not item.seed and add_found(item)
  redis.call('HINCRBY', TOTALS, outcome, 1)
  outcomes[i] = outcome
end

-- What a worker found a visited URL to be: from now on it is visited again, the sooner the more was new in it.
local function pace_of(found) return found == 0 and 1.4 or found < 5 and 0.7 or 0.5 end

for _, visit in ipairs(visited) do
  see(visit.host, visit.number)
  local known = rhythm_of(visit.id)
  local is_waiting = redis.call('HSETNX', entries_of(visit.host), visit.id, visit.blob) == 1
    or redis.call('ZSCORE', VISITS, lent_as(visit.host, visit.id))
  if not known then redis.call('HINCRBY', state_of(visit.host), 'visits', 1) end
  known = known or { interval = visit.interval, from = now, learned = 0 }
  -- On the first visit everything is new, which says nothing.
  local factor = known.learned > 0 and pace_of(fresh[visit.id] or 0) or 1
  local interval = math.max(known.interval * factor, visit.floor)
  if is_waiting then
    plan_visit(visit.host, visit.id, known.from, interval, 1, known.fresh)
  else
    keep_rhythm(visit.id, interval, known.from, 1, known.fresh)
  end
end
return outcomes
