-- One shard of the index: who shares keys with these articles, and these articles added, in one atomic step.
--
-- KEYS[1]  "{prefix:shard}": every key that is touched begins with it, so all live on one node
-- ARGV     what: "put" the record, "find" the holders of its keys, "add" it to them, "get" the holders' records,
--          "drop" it with its keys, "fetch" its own record (any of them, joined); generation, seconds it has left, most candidates,
--          holders a key, then three for each article: 5 bytes of id, its record, its keys' 5-byte tags in a row
--
-- A bucket is a string of entries (5-byte tag, 5-byte id), a field of a hash that holds 65,536 of them: so all buckets
-- of an article are read in one command, and written in one.  Buckets grow in number with the entries by linear
-- hashing, so one holds about `load` entries whether the index has a thousand articles or a hundred million.
local what, generation, seconds = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local most, holders = tonumber(ARGV[4]), tonumber(ARGV[5])
local put, find, add, get = what:find("put"), what:find("find"), what:find("add"), what:find("get")
local drop, own_record = what:find("drop"), what:find("fetch")
local root = KEYS[1]
local load, width, shelf = 128, 10, 65536
local touched = {}
local byte, sub, find_in = string.byte, string.sub, string.find

local function open(g)
  local state = root .. ":" .. g .. ":state"
  local held = redis.call("HMGET", state, "entries", "buckets")
  local buckets = tonumber(held[2]) or 0
  local round = 1
  while round * 2 <= buckets do round = round * 2 end
  return {state = state, base = root .. ":" .. g .. ":", entries = tonumber(held[1]) or 0,
          buckets = buckets, round = round, before = tonumber(held[1]) or 0}
end

local function number(tag)
  local a, b, c, d = byte(tag, 1, 4)
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function bucket(gen, tag)
  local n = number(tag)
  local at = n % (gen.round * 2)
  if at >= gen.buckets then at = n % gen.round end
  return at
end

local function shelf_key(gen, at) return gen.base .. "b" .. (at - at % shelf) / shelf end

local function store(gen, at, value)
  local key = shelf_key(gen, at)
  if #value > 0 then redis.call("HSET", key, at, value) else redis.call("HDEL", key, at) end
  if gen.base == root .. ":" .. generation .. ":" then touched[key] = true end
end

local function record_key(gen, id) return gen.base .. "r" .. byte(id, 5) end

local function split(gen)
  local at = gen.buckets - gen.round
  local high = gen.buckets
  gen.buckets = gen.buckets + 1
  local all = redis.call("HGET", shelf_key(gen, at), at) or ""
  local stay, go = {}, {}
  local modulus = gen.round * 2
  if gen.buckets == modulus then gen.round = modulus end
  for i = 1, #all, width do
    local entry = sub(all, i, i + width - 1)
    if number(entry) % modulus == at then stay[#stay + 1] = entry else go[#go + 1] = entry end
  end
  store(gen, at, table.concat(stay))
  if #go > 0 then store(gen, high, table.concat(go)) end
end

local function fetch(gen, tags)
  -- The bucket's number for each key of one article, and the buckets by number.
  local twice, round, buckets = gen.round * 2, gen.round, gen.buckets
  local numbers, shelves, held = {}, {}, {}
  for i = 1, #tags, 5 do
    local a, b, c, d = byte(tags, i, i + 3)
    local n = ((a * 256 + b) * 256 + c) * 256 + d
    local at = n % twice
    if at >= buckets then at = n % round end
    numbers[#numbers + 1] = at
    if not held[at] then
      held[at] = ""
      local key = shelf_key(gen, at)
      local fields = shelves[key]
      if fields then fields[#fields + 1] = at else shelves[key] = {at} end
    end
  end
  for key, fields in pairs(shelves) do
    local values = redis.call("HMGET", key, unpack(fields))
    for i = 1, #fields do held[fields[i]] = values[i] or "" end
  end
  return numbers, held
end

local function write(gen, held, extra)
  local shelves = {}
  for at, more in pairs(extra) do
    local key = shelf_key(gen, at)
    local fields = shelves[key]
    if not fields then
      fields = {}
      shelves[key] = fields
      touched[key] = true
    end
    fields[#fields + 1] = at
    fields[#fields + 1] = held[at] .. more
  end
  for key, fields in pairs(shelves) do redis.call("HSET", key, unpack(fields)) end
end

local function count(held, tag, own, counts)
  -- Counts the holders of a tag; returns how many there are and whether the article is one of them.
  local at, number_of, mine = find_in(held, tag, 1, true), 0, false
  while at do
    if (at - 1) % width == 0 then
      local id = sub(held, at + 5, at + 9)
      if id == own then mine = true else counts[id] = (counts[id] or 0) + 1 end
      number_of = number_of + 1
      at = find_in(held, tag, at + width, true)
    else
      at = find_in(held, tag, at + 1, true)
    end
  end
  return number_of, mine
end

local function forget(gen, id, tags)
  redis.call("HDEL", record_key(gen, id), id)
  for i = 1, gen.buckets > 0 and #tags or 0, 5 do
    local tag = sub(tags, i, i + 4)
    local number_of = bucket(gen, tag)
    local all = redis.call("HGET", shelf_key(gen, number_of), number_of) or ""
    local at = find_in(all, tag .. id, 1, true)
    while at and (at - 1) % width ~= 0 do at = find_in(all, tag .. id, at + 1, true) end
    if at then
      store(gen, number_of, sub(all, 1, at - 1) .. sub(all, at + width))
      gen.entries = gen.entries - 1
    end
  end
end

local current, last = open(generation), open(generation - 1)
if add and current.buckets == 0 then current.buckets = 1 end

local function ranked(counts)
  local order = {}
  for id, n in pairs(counts) do order[#order + 1] = {id, n} end
  table.sort(order, function(x, y) return x[2] > y[2] or (x[2] == y[2] and x[1] < y[1]) end)
  return order
end

local function record(id)
  local held = redis.call("HGET", record_key(current, id), id)
  if not held then held = redis.call("HGET", record_key(last, id), id) end
  return held
end

local reply = {}
for a = 6, #ARGV, 3 do
  local id, data, tags = ARGV[a], ARGV[a + 1], ARGV[a + 2]
  local counts, row = {}, {}
  if drop then
    forget(current, id, tags)
    forget(last, id, tags)
  end
  if put then
    local where = record_key(current, id)
    redis.call("HSET", where, id, data)
    touched[where] = true
  end
  if (find or add) and #tags > 0 then
    if current.buckets > 0 then
      local numbers, held = fetch(current, tags)
      local extra = {}
      for k = 1, #numbers do
        local at, tag = numbers[k], sub(tags, k * 5 - 4, k * 5)
        local n, mine = count(held[at], tag, id, counts)
        if add and not mine and n < holders then
          extra[at] = (extra[at] or "") .. tag .. id
          current.entries = current.entries + 1
        end
      end
      write(current, held, extra)
    end
    if last.buckets > 0 then
      local numbers, held = fetch(last, tags)
      for k = 1, #numbers do count(held[numbers[k]], sub(tags, k * 5 - 4, k * 5), id, counts) end
    end
    while current.entries > current.buckets * load do split(current) end
  end
  if own_record then row[1] = record(id) or "" end
  for _, pair in ipairs(ranked(counts)) do
    if #row >= 3 * most then break end
    local data_of = ""
    if get then data_of = record(pair[1]) end
    if data_of then
      row[#row + 1] = pair[1]
      row[#row + 1] = pair[2]
      row[#row + 1] = data_of
    end
  end
  reply[#reply + 1] = row
end

for _, gen in ipairs({current, last}) do
  if gen.entries ~= gen.before then redis.call("HSET", gen.state, "entries", gen.entries, "buckets", gen.buckets) end
end
if current.buckets > 0 then touched[current.state] = true end
for key in pairs(touched) do redis.call("EXPIRE", key, seconds) end
return reply
