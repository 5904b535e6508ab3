-- Stands before every frontier script: the names of the keys, the clock, and the rule that gives a host its turn.
-- Times are milliseconds of the Redis server's clock, so that fetchers on many machines agree on them.
local P = ARGV[1] .. 'frontier:'
local HOSTS, BUSY, LENT, KNOWN = P .. 'hosts', P .. 'busy', P .. 'lent', P .. 'known'
local RETRIES, VISITS, TOTALS = P .. 'retries', P .. 'visits', P .. 'totals'
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
-- With its microseconds: hosts that come to wait within one millisecond have their turns in the order they came.
local now_exact = clock[1] * 1000 + clock[2] / 1000

local function int(n) return string.format('%.0f', n) end
local function queue_of(host) return P .. 'queue:' .. host end
local function entries_of(host) return P .. 'entries:' .. host end
local function state_of(host) return P .. 'host:' .. host end

-- Lists a host for people to look at: the last touched is shown first.
local function list(host) redis.call('ZADD', KNOWN, int(now), host) end

-- Places a host among those that wait for their turn, or takes it out when it has no work, is lent or paused.
-- A host that waits already keeps its place (fairness), unless it may only be asked later than that.
local function place(host)
  local state = redis.call('HMGET', state_of(host), 'next', 'paused')
  if state[2] or redis.call('EXISTS', queue_of(host)) == 0 or redis.call('ZSCORE', BUSY, host) then
    redis.call('ZREM', HOSTS, host)
    return
  end
  local next_turn = tonumber(state[1] or 0)
  local waiting = tonumber(redis.call('ZSCORE', HOSTS, host) or now_exact)
  redis.call('ZADD', HOSTS, string.format('%.3f', math.max(next_turn, waiting)), host)
end

-- Puts an id into its host's queue; the lowest score is served first.
local function enqueue(host, id, score)
  redis.call('ZADD', queue_of(host), score, id)
  place(host)
end

-- Marks a URL as seen; false when it was.  A forgotten host has a later epoch, which makes its URLs new again.
-- Whether a mark is new; marks of a host that was forgotten are as good as gone.
local function mark(host, number)
  local epoch = tonumber(redis.call('HGET', P .. 'epochs', host) or 0)
  local member = (number + epoch * 7919) % 562949953421312
  local bucket = P .. 'seen:' .. string.format('%x', number % 32768)
  return redis.call('SADD', bucket, int(member)) == 1
end

local function see(host, number)
  if not mark(host, number) then return false end
  redis.call('HINCRBY', TOTALS, 'seen', 1)
  return true
end

local function lent_as(host, id) return id .. host end
local function host_of(member) return string.sub(member, 9) end
local function id_of(member) return string.sub(member, 1, 8) end

local function keep_rhythm(id, interval, from, learned, fresh)
  redis.call('HSET', P .. 'rhythm', id, cmsgpack.pack({ interval, from, learned, fresh or 0 }))
end

-- Plans the next visit of a feed, sitemap or front page.  The visits of one host take a quarter of its
-- requests at most: hence four delays for each visit that the host has.  It comes no sooner than the last answer
-- said it would be fresh for, which does not change the rhythm.
local function plan_visit(host, id, from, interval, learned, fresh)
  local delay = tonumber(redis.call('HGET', state_of(host), 'delay') or 0)
  local several = tonumber(redis.call('HGET', state_of(host), 'visits') or 1)
  interval = math.min(math.max(interval, 60000, 4 * delay * several), 86400000)
  keep_rhythm(id, interval, from, learned, fresh)
  redis.call('ZADD', VISITS, int(from + math.max(interval, fresh or 0)), lent_as(host, id))
end

local function rhythm_of(id)
  local packed = redis.call('HGET', P .. 'rhythm', id)
  if not packed then return nil end
  local pair = cmsgpack.unpack(packed)
  return { interval = pair[1], from = pair[2], learned = pair[3], fresh = pair[4] or 0 }
end

-- Drops an entry and all that is known of it but that it was seen.
local function drop(host, id)
  redis.call('ZREM', queue_of(host), id)
  redis.call('HDEL', entries_of(host), id)
  redis.call('HDEL', P .. 'tries', id)
  redis.call('HDEL', P .. 'lost', id)
  redis.call('HDEL', P .. 'validators', id)
  if redis.call('HDEL', P .. 'rhythm', id) == 1 then redis.call('HINCRBY', state_of(host), 'visits', -1) end
  redis.call('ZREM', VISITS, lent_as(host, id))
  redis.call('ZREM', RETRIES, lent_as(host, id))
  redis.call('ZREM', LENT, lent_as(host, id))
end

local args = cmsgpack.unpack(ARGV[2])
