-- One shard of the index: who shares keys with these articles, and these articles added, in one atomic step.
--
-- KEYS[1]  "{prefix:shard}": every key that is touched begins with it, so all live on one node
-- ARGV     what: "put" the record, "find" the holders of its keys, "add" it to them, "get" the holders' records,
--          "drop" it with its keys, "fetch" its own record, write "more" behind that (any of them, joined); generation, the one before, seconds
--          left, most candidates, holders a key, then three for each article: 5 bytes of id, its record, its keys
--
-- A bucket is a string of entries, a field of a hash.  Buckets grow in number with the entries by linear hashing, so
-- one holds about `load` of them whether the index has a thousand articles or a hundred million.  There are never
-- fewer than 2,048, so eleven bits of a key follow from its bucket: an entry is 24 others and the article's five bytes.
-- Of a key's eight bytes the last three are its entry's; with eleven bits of the two before them they say its bucket.
--
-- All buckets that a call needs are read at once, changed here, and written at once: a whole batch pays for two
-- commands.  The load is small because a bucket is read and written whole.
local what, seconds, most, holders = ARGV[1], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local root, first_article = KEYS[1], 7
local load, width, fewest, shelf, at_once = 40, 8, 2048, 262144, 2000
local call, byte, sub, find_in, concat = redis.call, string.byte, string.sub, string.find, table.concat
local function asked(step) return find_in(what, step, 1, true) end
local find, add, get, drop = asked("find"), asked("add"), asked("get"), asked("drop")

-- A generation: `slot` gives for the number of a bucket its place in `numbers` and `buckets`, `places` for each key
-- of the call that of its bucket; `changed` marks what is to be written, `begun` the shelves that did not exist.
local function open(name, entries, size)
  local begins = not size and add and name == ARGV[2]
  if not size and not begins then return {name = name, size = 0} end
  local gen = {name = name, entries = tonumber(entries) or 0, size = tonumber(size) or fewest, round = fewest,
               slot = {}, numbers = {}, buckets = {}, places = {}, changed = {}, begun = {}}
  if begins then gen.begun[0] = true end
  while gen.round * 2 <= gen.size do gen.round = gen.round * 2 end
  gen.before = gen.entries
  return gen
end

local function key_of(gen, kind, number) return root .. ":" .. gen.name .. ":" .. kind .. number end

local function read(gen, from)
  -- Reads the buckets of all slots from `from` on, in one command a shelf (and 2,000 buckets).
  local numbers, buckets, shelves = gen.numbers, gen.buckets, {}
  for at = from, #numbers do
    local number = (numbers[at] - numbers[at] % shelf) / shelf
    local of = shelves[number]
    if not of then
      of = {slots = {}, fields = {}, n = 0}
      shelves[number] = of
    end
    of.n = of.n + 1
    of.slots[of.n], of.fields[of.n] = at, numbers[at]
  end
  for number, of in pairs(shelves) do
    for first = 1, of.n, at_once do
      local last = math.min(first + at_once - 1, of.n)
      local values = call("HMGET", key_of(gen, "b", number), unpack(of.fields, first, last))
      for i = first, last do buckets[of.slots[i]] = values[i - first + 1] or "" end
    end
  end
end

local function locate(gen)
  -- Finds the bucket of every key of the call, and reads those buckets.
  local twice, round, size = gen.round * 2, gen.round, gen.size
  local slot, numbers, places, n, m = gen.slot, gen.numbers, gen.places, 0, 0
  for a = first_article + 2, #ARGV, 3 do
    local parts = {struct.unpack("<" .. ("xxxI2I3"):rep(#ARGV[a] / 8), ARGV[a])}
    for i = 1, #parts - 1, 2 do
      local number = (parts[i + 1] * fewest + parts[i] % fewest) % twice
      if number >= size then number = number - round end
      local at = slot[number]
      if not at then
        m = m + 1
        at, slot[number], numbers[m] = m, m, number
      end
      n = n + 1
      places[n] = at
    end
  end
  if m > 0 then read(gen, 1) end
end

local function write(gen)
  local numbers, buckets, changed, shelves = gen.numbers, gen.buckets, gen.changed, {}
  for at = 1, #numbers do
    if changed[at] then
      local number = (numbers[at] - numbers[at] % shelf) / shelf
      local of = shelves[number]
      if not of then
        of = {n = 0}
        shelves[number] = of
      end
      of[of.n + 1], of[of.n + 2] = numbers[at], buckets[at]
      of.n = of.n + 2
    end
  end
  for number, of in pairs(shelves) do
    local key = key_of(gen, "b", number)
    for first = 1, of.n, at_once do call("HSET", key, unpack(of, first, math.min(first + at_once - 1, of.n))) end
    if gen.begun[number] then call("EXPIRE", key, seconds) end
  end
end

local function slot_of(gen, number)
  local at = gen.slot[number]
  if not at then
    at = #gen.numbers + 1
    gen.slot[number], gen.numbers[at] = at, number
  end
  return at
end

local function split(gen)
  -- The bucket whose turn it is, by the bit of the key that no address has used yet.
  local high = gen.size
  local from, known = slot_of(gen, high - gen.round), #gen.buckets
  if from > known then read(gen, from) end
  local to = slot_of(gen, high)
  local all, stay, go, s, g = gen.buckets[from], {}, {}, 0, 0
  local bit, place = gen.round / fewest, 0
  while bit >= 256 do bit, place = bit / 256, place + 1 end
  local twice = bit * 2
  for i = 1, #all, width do
    if byte(all, i + place) % twice >= bit then
      g = g + 1
      go[g] = sub(all, i, i + 7)
    else
      s = s + 1
      stay[s] = sub(all, i, i + 7)
    end
  end
  gen.buckets[from], gen.buckets[to] = concat(stay), concat(go)
  gen.changed[from], gen.changed[to] = true, true
  if high % shelf == 0 then gen.begun[high / shelf] = true end
  gen.size = high + 1
  if gen.size == gen.round * 2 then gen.round = gen.size end
end

local function holders_of(bucket, at, tag, own, counts)
  -- Counts the holders of a key, the first at `at`; returns how many there are and whether the article is one of them.
  local number_of, mine = 0, false
  while at do
    if at % width == 1 then
      local id = sub(bucket, at + 3, at + 7)
      if id == own then mine = true else counts[id] = (counts[id] or 0) + 1 end
      number_of = number_of + 1
      at = find_in(bucket, tag, at + width, true)
    else
      at = find_in(bucket, tag, at + 1, true)
    end
  end
  return number_of, mine
end

local function visit(gen, k, id, keys, counts, adding)
  local buckets, places, changed, added = gen.buckets, gen.places, gen.changed, 0
  for i = 6, #keys, 8 do
    k = k + 1
    local at, tag = places[k], sub(keys, i, i + 2)
    local bucket = buckets[at]
    local first, n, mine = find_in(bucket, tag, 1, true), 0, false
    if first then n, mine = holders_of(bucket, first, tag, id, counts) end
    if adding and not mine and n < holders then
      buckets[at], changed[at] = bucket .. tag .. id, true
      added = added + 1
    end
  end
  gen.entries = gen.entries + added
end

local function forget(gen, k, id, keys)
  for i = 6, #keys, 8 do
    k = k + 1
    local place, entry = gen.places[k], sub(keys, i, i + 2) .. id
    local bucket = gen.buckets[place]
    local at = find_in(bucket, entry, 1, true)
    while at and at % width ~= 1 do at = find_in(bucket, entry, at + 1, true) end
    if at then
      gen.buckets[place], gen.changed[place] = sub(bucket, 1, at - 1) .. sub(bucket, at + width), true
      gen.entries = gen.entries - 1
    end
  end
end

local state = root .. ":state"
local held = call("HMGET", state, "e" .. ARGV[2], "s" .. ARGV[2], "e" .. ARGV[3], "s" .. ARGV[3])
local current, last = open(ARGV[2], held[1], held[2]), open(ARGV[3], held[3], held[4])

local function record(id)
  return call("HGET", key_of(current, "r", byte(id, 5)), id) or call("HGET", key_of(last, "r", byte(id, 5)), id)
end

local function by_shared_keys(x, y) return x[2] > y[2] or (x[2] == y[2] and x[1] < y[1]) end

local function answer(counts, row)
  local order = {}
  for id, n in pairs(counts) do order[#order + 1] = {id, n} end
  if #order > 1 then table.sort(order, by_shared_keys) end
  for _, pair in ipairs(order) do
    if #row >= 3 * most then break end
    local data = ""
    if get then data = record(pair[1]) end
    if data then
      local n = #row
      row[n + 1], row[n + 2], row[n + 3] = pair[1], pair[2], data
    end
  end
  return row
end

local function keep(id, data)
  -- A record that is there already stays if it is this one, for the sake of what was noted behind it.
  local key = key_of(current, "r", byte(id, 5))
  if call("HSETNX", key, id, data) == 1 then
    if call("HLEN", key) == 1 then call("EXPIRE", key, seconds) end
  elseif sub(call("HGET", key, id), 1, #data) ~= data then
    call("HSET", key, id, data)
  end
end

local function note(id, data)
  for _, gen in ipairs({current, last}) do
    local key = key_of(gen, "r", byte(id, 5))
    local had = call("HGET", key, id)
    if had then
      if not find_in(had, data, 1, true) then call("HSET", key, id, had .. data) end
      return
    end
  end
end

local generations = {}
for _, gen in ipairs({current, last}) do
  if gen.size > 0 then
    generations[#generations + 1] = gen
    locate(gen)
  end
end

local reply, k, fetch, put, more = {}, 0, asked("fetch"), asked("put"), asked("more")
for a = first_article, #ARGV, 3 do
  local id, keys, counts, row = ARGV[a], ARGV[a + 2], {}, {}
  if drop then
    call("HDEL", key_of(current, "r", byte(id, 5)), id)
    call("HDEL", key_of(last, "r", byte(id, 5)), id)
  end
  for _, gen in ipairs(generations) do
    if drop then forget(gen, k, id, keys) end
    if find or add then visit(gen, k, id, keys, counts, add and gen == current) end
  end
  k = k + #keys / 8
  if put then keep(id, ARGV[a + 1]) end
  if more then note(id, ARGV[a + 1]) end
  if fetch then row[1] = record(id) or "" end
  reply[#reply + 1] = answer(counts, row)
end

local began = current.begun and current.begun[0]
while add and current.entries > current.size * load do split(current) end
for _, gen in ipairs(generations) do
  write(gen)
  if gen.entries ~= gen.before or gen == current and began then
    call("HSET", state, "e" .. gen.name, gen.entries, "s" .. gen.name, gen.size)
  end
end
if began then
  -- A worker whose clock is behind may begin a generation after the next one was begun: nothing of that is touched.
  local forgotten = tonumber(ARGV[3]) - 1
  call("HDEL", state, "e" .. forgotten, "s" .. forgotten)
  if call("TTL", state) < tonumber(seconds) then call("EXPIRE", state, seconds) end
end
return reply
