-- SPDX-License-Identifier: MIT
-- Calls a C++ library from LuaJIT: luajit words.lua libsampler.so
package.path = (arg[0]:match("^(.*/)") or "./") .. "?.lua;" .. package.path
local ffi = require("ffi")
local sampler = require("clib").load(arg[1])

local text = {}
for word in ("so it goes so it goes so"):gmatch("%a+") do text[#text + 1] = word end

local count = sampler.WordCount()
count:listen(function(word, times)
    if times == 3 then print("a callback:   " .. word .. " came for the third time") end
end)
for _, word in ipairs(text) do count:add(word) end
print(("an object:    %d words, and %s is the most frequent"):format(count:len(), count.most_frequent))

local parts = {}
for pair in count:iter() do parts[#parts + 1] = pair[1] .. " " .. pair[2] end
print("iteration:    " .. table.concat(parts, ", "))
print("containers:   so is at " .. table.concat(sampler.places(text).so, ", "))
print("an enum:      " .. table.concat(sampler.sorted({ "b", "c", "a" }, sampler.Order.down), ", "))

local numbers = ffi.new("double[?]", 3, { 1, 2, 3 })
sampler.scale(numbers, 10)
print(("numbers:      %g, in place, from which the mean is %g"):format(numbers[2], sampler.mean(numbers)))

for _, call in ipairs({
    function() count:add("") end,
    function() sampler.next(128) end,
    function() sampler.parse("12x") end,
    function() count:close() count:add("closed") end,
}) do
    local _, problem = pcall(call)
    print("refused:      " .. tostring(problem))
end
