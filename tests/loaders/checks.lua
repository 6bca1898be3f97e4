-- SPDX-License-Identifier: MIT
-- What the loader for LuaJIT must do: luajit checks.lua FOLDER-OF-THE-LOADER SAMPLER [REGEX]
package.path = arg[1] .. "/?.lua;" .. package.path
local ffi = require("ffi")
local clib = require("clib")
local sampler = clib.load(arg[2])
local count_of_checks = 0

local function show(value)
    if type(value) ~= "table" or getmetatable(value) then return tostring(value) end
    local parts = {}
    for key, each in pairs(value) do parts[#parts + 1] = show(key) .. "=" .. show(each) end
    table.sort(parts)
    return "{" .. table.concat(parts, " ") .. "}"
end
local function same(found, expected)
    count_of_checks = count_of_checks + 1
    if show(found) ~= show(expected) then
        error(("check %d: found %s, expected %s"):format(count_of_checks, show(found), show(expected)), 2)
    end
end
local function refused(expected, call, ...)
    local is_done, problem = pcall(call, ...)
    same(is_done, false)
    same(problem, expected)
    return problem
end

same(sampler.left_out, {})
same(sampler.MOST_WORDS, 1000)

-- Numbers, bools
same(sampler.next(5), 6)
same(sampler.next(-128), -127)
refused("next: number is 128, outside the range of int8_t", sampler.next, 128)
refused("next: number must be an integer, not number", sampler.next, 1.5)
refused("next: number must be an integer, not nil", sampler.next)
refused("next takes 1 arguments, not 2", sampler.next, 1, 2)
same(sampler.greatest(), 18446744073709551615ULL)
same(sampler.after(9007199254740992LL), 9007199254740993LL)
same(sampler.after(2 ^ 40), 2 ^ 40 + 1)
same(sampler.negated(true), false)
refused("negated: value must be a boolean, not number", sampler.negated, 0)

-- Text and bytes, whole
same(sampler.reversed("a\0b"), "b\0a")
same(sampler.reversed(("x"):rep(1000)), ("x"):rep(1000))
same(sampler.reversed(""), "")
same(sampler.sum("\1\2\255"), 258)
same(#sampler.counting(200), 200)
same(sampler.counting(3), "\0\1\2")
same(sampler.text.length("ä"), 2)

-- Numbers in a row
same(sampler.mean({ 1, 2, 3, 4 }), 2.5)
local numbers = ffi.new("double[?]", 3, { 1, 2, 3 })
sampler.scale(numbers)
same(numbers[2], 6)
sampler.scale(numbers, 0.5)
same(numbers[2], 3)
same(sampler.mean(numbers), 2)
refused("mean: values must be an array double [?], not string", sampler.mean, "text")
refused("mean: values must be an array double [?], not cdata", sampler.mean, ffi.new("float[?]", 3))
refused("scale: values must be an array double [?], not table", sampler.scale, { 1 })

-- Enums, with a default
same(sampler.opposite(sampler.Order.up), sampler.Order.down)
same(sampler.sorted({ "b", "c", "a" }), { "a", "b", "c" })
same(sampler.sorted({ "b", "c", "a" }, sampler.Order.down), { "c", "b", "a" })
refused("opposite: way must be a member of Order, not number", sampler.opposite, 1)

-- Values that hold others
same(sampler.places({ "a", "b", "a" }), { a = { 0, 2 }, b = { 1 } })
same(sampler.places({}), {})
same(sampler.total({ a = 1, b = 2 }), 3)
same(sampler.primes({ [2] = true, [4] = true, [7] = true }), { [2] = true, [7] = true })
same(sampler.divided(17, 5), { 3, 2 })
same(sampler.twice(4), 8)
same(sampler.twice("ab"), "abab")
refused("twice: value must be of one of its types, not boolean", sampler.twice, true)
refused("sorted: words[2] must be a string, not number", sampler.sorted, { "a", 1 })
refused("sorted: words must be a table, not string", sampler.sorted, "abc")

-- Structures
local middle = sampler.middle(sampler.Point(0, 0), sampler.Point(4, 2))
same(middle.x, 2)
same(sampler.mirrored({ sampler.Point(1, 2), middle })[1].x, 2)
refused("middle: b must be a Point, not number", sampler.middle, middle, 5)

-- Objects
local count = sampler.WordCount(3)
for word in ("so it goes so it goes so"):gmatch("%a+") do count:add(word) end
same(count:all(), { so = 3, it = 2, goes = 2 })
same({ count:len(), count.most_frequent, count.limit }, { 3, "so", 3 })
same(count:times("so"), 3)
same(count:times("none"), nil)
refused("WordCount.add: word is empty; pass at least one letter", count.add, count, "")
local full = refused("WordCount.add: the limit is reached; set a higher one", count.add, count, "new")
same(full.status, -5)
count.limit = 4
same(count:add("new"), 1)
refused("WordCount.size cannot be set", function() count.size = 1 end)
local words = {}
for pair in count:iter() do words[pair[1]] = pair[2] end
same(words, count:all())
local other = sampler.WordCount()
same(sampler.largest({ other, count }) == count, true)
same(sampler.largest({}), nil)
refused("largest: counts[1] must be a WordCount, not string", sampler.largest, { "count" })
local long = sampler.LongWordCount(3)
same({ long:add_long("so"), long:add_long("goes"), long:len() }, { 0, 1, 1 })
same(sampler.largest({ long }) == long, true)
refused("LongWordCount.add_long: self must be a LongWordCount, not table", long.add_long, count, "x")

-- Close, give away, collect
other:close()
other:close()
refused("WordCount.add: self is a closed WordCount; pass a live one", other.add or count.add, other, "x")
other = sampler.WordCount()
other:add("one")
same(sampler.finished(other), 1)
refused("finished: count is a closed WordCount; pass a live one", sampler.finished, other)
local alive = sampler.WordCount.alive()
for _ = 1, 1000 do sampler.WordCount() end
collectgarbage()
collectgarbage()
same(sampler.WordCount.alive(), alive)

-- Callbacks
same(sampler.composed(math.sqrt, function(x) return 4 * x * x end, 3), 6)
same(sampler.count_up(3, function(number) return number * number end), 14)
local visited = {}
count:each(function(word, times)
    visited[#visited + 1] = word .. times
    return word ~= "it"
end)
same(visited, { "goes2", "it2" })
local mine = setmetatable({}, { __tostring = function() return "mine" end })
same(refused("mine", count.each, count, function() error(mine) end), mine)
same(refused("mine", sampler.count_up, 3, function() error(mine) end), mine)
refused("the result of a function must be a number, not string", sampler.composed,
    function() return "x" end, math.sqrt, 3)
local heard = {}
count:listen(function(word, times) heard[#heard + 1] = word .. times end)
collectgarbage()
count:add("so")
count:add("it")
same(heard, { "so4", "it3" })
refused("mine", function()
    count:listen(function() error(mine) end)
    count:add("so")
end)

-- Exceptions of the library's own, overloads
local problem = refused("there is no digit at 2", sampler.parse, "12x\0ä")
same({ problem.name, problem.offset, problem.rest, problem.status }, { "ParseError", 2, "x\0ä", -501 })
same({ sampler.after(1), sampler.after("x") }, { 2, "xa" })
refused("after has no overload for these arguments; the last says: after: text must be a string, not boolean",
    sampler.after, true)
refused("divided: by is 0; pass another number", sampler.divided, 1, 0)

if arg[3] then
    local regex = clib.load(arg[3])
    local pattern = regex.Pattern([[(\w+)@(\w+)]])
    local match = pattern:search("write to me@home now")
    same({ match:len(), match:at(0), match:at(1), match:at(2) }, { 3, "me@home", "me", "home" })
    same(pattern:count("a@b c@d\0e@f"), 3)
    same(pattern:replace_all("a@b", [[\2 at \1]]), "b at a")
    refused("Match.__getitem__: index is 9; pass one from 0 to 2", match.at, match, 9)
    refused("Pattern: missing ): (x", regex.Pattern, "(x")
    local found = {}
    regex.PatternSet("a\nb\nc"):each("cab", function(number) found[number] = true end)
    same(found, { [0] = true, [1] = true, [2] = true })
end

print(count_of_checks .. " checks")
