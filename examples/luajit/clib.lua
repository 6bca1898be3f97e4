-- SPDX-License-Identifier: MIT
-- Loads a library that clib's toolkit has made into LuaJIT. Nothing is declared: the library says
-- itself what is in it, and describe.h, which lies beside this file or where clib is installed, is
-- the declaration of that.
--
--     local sampler = require("clib").load("./libsampler.so")
--     local count = sampler.WordCount()
--     print(count:add("so"), count.most_frequent)
--     count:close()
--
-- An integer is a number, and an int64_t or uint64_t where a number is not exact; text and bytes
-- are strings, and a member of an enum is a constant of it. A list or tuple is a table from 1 on, a
-- set {[value] = true}, a dict {[key] = value}, a structure a cdata. A failure is a table with
-- message, name and status. LuaJIT cannot be called back by another thread.
local ffi = require("ffi")
local bit = require("bit")

-- C++ calls back, which compiled Lua must not be in the middle of.
jit.off(true, true)

local function header()
    local here = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
    local places = { here, here .. "../../include/clib/ffi/", "/usr/local/include/clib/ffi/",
        "/usr/include/clib/ffi/" }
    for _, folder in ipairs(places) do
        local file = io.open(folder .. "describe.h")
        if file then
            local text = file:read("*a")
            file:close()
            return text
        end
    end
    error("describe.h of clib is not there; copy it into " .. here, 0)
end

-- A cdef has no directives.
ffi.cdef(header():gsub("#ifdef __cplusplus.-#endif", ""):gsub("\n#[^\n]*", "\n"):gsub("^#[^\n]*", "") .. [[
    const clib_module* clib_describe(void);
    void* dlopen(const char* path, int flags);
    typedef struct clib_address { uint64_t number; } clib_address;
]])
local C = ffi.C
local MAGIC, FORMAT = 0x42494C43, 2
local E_CALLBACK, E_STOP_ITERATION = -10, -11

local NUMBERS = { -- kinds 1 to 10: the type, and the range of an integer
    { "int8_t", -0x80, 0x7F }, { "int16_t", -0x8000, 0x7FFF }, { "int32_t", -2 ^ 31, 2 ^ 31 - 1 },
    { "int64_t", -2 ^ 63, 2 ^ 63 }, { "uint8_t", 0, 0xFF }, { "uint16_t", 0, 0xFFFF },
    { "uint32_t", 0, 2 ^ 32 - 1 }, { "uint64_t", 0, 2 ^ 64 }, { "float" }, { "double" },
}

local function text(pointer) return pointer == nil and "" or ffi.string(pointer) end
local function key(pointer) return tostring(ffi.cast("const void*", pointer)) end
local VALUE_FLAGS, FUNCTION_FLAGS = 0x3F, 0x7 -- that are known here
local function has(flags, flag) return bit.band(flags, flag) ~= 0 end

-- The records of an array; each says how long it is.
local function each(at, count)
    local left, step = tonumber(count), ffi.typeof(at)
    return function()
        if left == 0 then return nil end
        local record = at
        left, at = left - 1, ffi.cast(step, ffi.cast("const char*", at) + at.size)
        return record
    end
end

local function list(at, count)
    local all = {}
    for record in each(at, count) do all[#all + 1] = record end
    return all
end

-- What a failed call raises.
local Error = { __tostring = function(self) return self.message end }
Error.__index = Error

local function fail(message, name, status)
    error(setmetatable({ message = message, name = name or "TypeError", status = status or -14 },
        Error), 0)
end

-- What a function raises whose arguments cannot be passed: of overloads, the next is tried.
local Unfit = {}

local function wrong(where, expected, argument)
    fail(("%s must be %s, not %s"):format(where, expected, argument == nil and "nil" or type(argument)))
end

local function exact(integer) -- an int64_t or uint64_t
    if type(integer) == "number" then return integer end
    local limit = ffi.istype("uint64_t", integer) and integer < 9007199254740993ULL or
        ffi.istype("int64_t", integer) and integer > -9007199254740993LL and
        integer < 9007199254740993LL
    return limit and tonumber(integer) or integer
end

local function checked_integer(argument, kind, where)
    local name, least, most = unpack(NUMBERS[kind])
    local is_wide = ffi.istype("int64_t", argument) or ffi.istype("uint64_t", argument)
    if not is_wide and (type(argument) ~= "number" or argument % 1 ~= 0) then
        wrong(where, "an integer", argument)
    end
    local value = is_wide and exact(argument) or argument
    local is_in_range
    if type(value) == "number" then
        is_in_range = value >= least and (value < most or kind ~= 4 and kind ~= 8 and value == most)
    else
        is_in_range = kind == 4 and (ffi.istype("int64_t", value) or value <= 0x7FFFFFFFFFFFFFFFULL) or
            kind == 8 and (ffi.istype("uint64_t", value) or value >= 0)
    end
    if not is_in_range then
        fail(("%s is %s, outside the range of %s"):format(where, tostring(argument), name),
            "OverflowError", -6)
    end
    return ffi.cast(name, value)
end

-- Functions of Lua that C++ has, by the number that is their context.
local callbacks, last_callback = {}, 0
-- What they have raised during the outermost call, by number; and how many calls there are.
local raised, depth = {}, 0

local function add_callback(library, callable, value)
    last_callback = last_callback + 1
    callbacks[last_callback] = { callable = callable, value = value, library = library }
    return last_callback
end

local function context_of(number) return ffi.cast("void*", ffi.cast("intptr_t", number)) end
local function callback_of(context) return callbacks[tonumber(ffi.cast("intptr_t", context))] end

-- Calls, and tells C++ if that fails.
local function guarded(callback, call)
    local is_done, problem = pcall(call)
    if is_done then return 0 end
    raised[#raised + 1] = problem
    callback.library.module.callback_failed(#raised)
    return E_CALLBACK
end

local from_item, to_item, item_parts

local call_function = ffi.cast("clib_function_call", function(arguments, take, receiver, context)
    local callback = callback_of(context)
    return guarded(callback, function()
        local library, parts = callback.library, callback.parts
        local count, values = #parts - 1, {}
        for i = 1, count do
            values[i] = from_item(library, arguments.value.items[i - 1], parts[i + 1])
        end
        local result = callback.callable(unpack(values, 1, count))
        if parts[1].kind ~= C.CLIB_KIND_NONE then
            local item, keep = ffi.new("clib_item"), {}
            to_item(library, result, parts[1], item, keep, "the result of a function")
            take(receiver, item)
        end
    end)
end)
local release = ffi.cast("void (*)(void*)", function(context)
    callbacks[tonumber(ffi.cast("intptr_t", context))] = nil
end)

-- At the end of Lua, C++ is told not to call or release them any more.
local libraries = {}
local at_end = newproxy(true)
getmetatable(at_end).__gc = function()
    for _, library in ipairs(libraries) do library.module.forget_callbacks(release) end
end

local COMPOSITE = { [24] = true, [25] = true, [26] = true, [27] = true, [28] = true, [29] = true }

function item_parts(value) return list(value.parts, value.part_count) end

-- Items: values that are part of another one.

function to_item(library, argument, value, item, keep, where)
    local kind = value.kind
    item.kind = kind
    if kind == C.CLIB_KIND_OPTIONAL then
        if argument == nil then
            item.kind = C.CLIB_KIND_NONE
        else
            to_item(library, argument, value.parts, item, keep, where)
        end
    elseif kind == C.CLIB_KIND_VARIANT then
        for i, part in ipairs(item_parts(value)) do
            if pcall(to_item, library, argument, part, item, keep, where) then
                item.alternative = i - 1
                return
            end
        end
        wrong(where, "of one of its types", argument)
    elseif COMPOSITE[kind] then
        if type(argument) ~= "table" then wrong(where, "a table", argument) end
        local parts, row = item_parts(value), {}
        local function add(of, part) row[#row + 1] = { of, part } end
        if kind == C.CLIB_KIND_DICT then
            for name, content in pairs(argument) do
                add(name, parts[1])
                add(content, parts[2])
            end
        elseif kind == C.CLIB_KIND_SET then
            for member in pairs(argument) do add(member, parts[1]) end
        else
            local is_list = kind == C.CLIB_KIND_LIST
            local count = argument.n or #argument
            local expected = is_list and tonumber(value.count) or #parts
            if expected ~= count and not (is_list and expected == 0) then
                if is_list or count > expected then
                    fail(("%s must have %d values, not %d"):format(where, expected, count),
                        "ValueError", -3)
                end
                count = expected -- its last ones may be nil
            end
            for i = 1, count do add(argument[i], is_list and parts[1] or parts[i]) end
        end
        local items = ffi.new("clib_item[?]", math.max(#row, 1))
        keep[#keep + 1] = items
        for i, pair in ipairs(row) do
            to_item(library, pair[1], pair[2], items[i - 1], keep, ("%s[%d]"):format(where, i))
        end
        item.value.items, item.count = items, #row
    elseif kind == C.CLIB_KIND_TEXT or kind == C.CLIB_KIND_BYTES or kind == C.CLIB_KIND_PATH then
        if type(argument) ~= "string" then wrong(where, "a string", argument) end
        keep[#keep + 1] = argument
        item.value.text, item.count = argument, #argument
    elseif kind == C.CLIB_KIND_FLOAT or kind == C.CLIB_KIND_DOUBLE then
        if type(argument) ~= "number" then wrong(where, "a number", argument) end
        item.value.number = argument
    elseif kind == C.CLIB_KIND_BOOL then
        if type(argument) ~= "boolean" then wrong(where, "a boolean", argument) end
        item.value.integer = argument and 1 or 0
    elseif kind == C.CLIB_KIND_ENUM then
        item.value.integer = library:number_of(argument, value, where)
    elseif kind == C.CLIB_KIND_STRUCT then
        local structure = library:structure(value.type)
        if not ffi.istype(structure, argument) then wrong(where, "a " .. text(value.type.name), argument) end
        keep[#keep + 1] = argument
        item.value.structure, item.count = ffi.cast("const void*", argument), ffi.sizeof(structure)
    elseif kind == C.CLIB_KIND_HANDLE then
        if argument == nil and has(value.flags, C.CLIB_VALUE_NULLABLE) then
            item.kind = C.CLIB_KIND_NONE
        else
            item.value.handle = library:handle_of(argument, value.type, where)
            keep[#keep + 1] = argument
        end
    elseif kind >= 5 and kind <= 8 then
        item.value.natural = checked_integer(argument, kind, where)
    else
        item.value.integer = checked_integer(argument, NUMBERS[kind] and kind or 4, where)
    end
end

function from_item(library, item, value)
    local kind = value.kind
    if item.kind == C.CLIB_KIND_NONE then return nil end
    if kind == C.CLIB_KIND_OPTIONAL then return from_item(library, item, value.parts) end
    if kind == C.CLIB_KIND_VARIANT then
        return from_item(library, item, item_parts(value)[item.alternative + 1])
    end
    if COMPOSITE[kind] then
        local parts, found, items = item_parts(value), {}, item.value.items
        local count = tonumber(item.count)
        if kind == C.CLIB_KIND_DICT then
            for i = 0, count - 1, 2 do
                found[from_item(library, items[i], parts[1])] = from_item(library, items[i + 1], parts[2])
            end
        else
            for i = 1, count do
                local each = from_item(library, items[i - 1], kind == C.CLIB_KIND_TUPLE and parts[i] or
                    parts[1])
                if kind == C.CLIB_KIND_SET then found[each] = true else found[i] = each end
            end
            if kind ~= C.CLIB_KIND_SET and #found ~= count then found.n = count end -- it has nil in it
        end
        return found
    end
    if kind == C.CLIB_KIND_TEXT or kind == C.CLIB_KIND_BYTES or kind == C.CLIB_KIND_PATH then
        return ffi.string(item.value.text, item.count)
    elseif kind == C.CLIB_KIND_FLOAT or kind == C.CLIB_KIND_DOUBLE then
        return item.value.number
    elseif kind == C.CLIB_KIND_BOOL then
        return item.value.integer ~= 0
    elseif kind == C.CLIB_KIND_ENUM then
        return library:member_of(item.value.integer, value.type)
    elseif kind == C.CLIB_KIND_STRUCT then
        local copy = ffi.new(library:structure(value.type))
        ffi.copy(copy, item.value.structure, item.count)
        return copy
    elseif kind == C.CLIB_KIND_HANDLE then
        local object = library:adopt(item.value.handle, value.type)
        ffi.cast("clib_item*", item).kind = C.CLIB_KIND_NONE -- it has an owner now
        return object
    elseif kind >= 5 and kind <= 8 then
        return exact(item.value.natural)
    end
    return exact(item.value.integer)
end

-- One library.
local Library = {}
Library.__index = Library

function Library:structure(type)
    local found = self.structures[key(type)]
    if not found then fail("a member of " .. text(type.name) .. " is of a kind that is not known here") end
    return found
end

function Library:number_of(argument, value, where)
    local enum = self.enums[key(value.type)]
    if type(argument) == "table" and argument.enum == enum then return argument.number end
    if enum.is_flags and type(argument) == "number" then return argument end
    return wrong(where, "a member of " .. enum.name, argument)
end

function Library:member_of(number, type)
    local enum = self.enums[key(type)]
    return enum.by_number[exact(number)] or exact(number)
end

function Library:handle_of(argument, type, where)
    local expected = self.classes[key(type)]
    local class = getmetatable(argument)
    while class and class ~= expected do class = class.base end
    if not class then wrong(where, "a " .. expected.name, argument) end
    local state = rawget(argument, "state")
    if not state.handle then
        fail(("%s is a closed %s; pass a live one"):format(where, expected.name), "ValueError", -4)
    end
    return ffi.cast("void*", ffi.cast("uint64_t", state.handle.number))
end

-- Frees the object of a handle, unless another table has been made for it meanwhile.
function Library:drop(handle, is_explicit)
    local number = handle.number
    local name = tostring(number)
    local class = self.held[name] and self.held[name].class
    if not class then return end -- it was freed by close()
    self.held[name].count = self.held[name].count - 1
    if is_explicit or self.held[name].count == 0 then
        local held = self.held[name]
        self.held[name] = nil
        local is_done, problem = pcall(class.free, ffi.cast("void*", ffi.cast("uint64_t", number)),
            is_explicit)
        if not is_done then -- it is in use, and nothing has changed
            held.count = held.count + 1
            self.held[name] = held
            error(problem, 0)
        end
    end
end

-- The table for a handle that C++ has returned.
function Library:adopt(handle, type)
    if handle == nil then return nil end
    local name = tostring(ffi.cast("uint64_t", handle))
    local object = self.objects[name]
    if object then return object end
    local class = self.classes[key(type)]
    local symbol = self.module.symbol_of ~= nil and text(self.module.symbol_of(handle)) or ""
    class = self.class_by_symbol[symbol] or class
    local held = self.held[name] or { class = class, count = 0 }
    held.count = held.count + 1
    self.held[name] = held
    local state = { handle = ffi.gc(ffi.new("clib_address", ffi.cast("uint64_t", handle)),
        function(address) self:drop(address) end) }
    object = setmetatable({ state = state }, class)
    self.objects[name] = object
    return object
end

-- The exception for a failed call.
function Library:failure(outcome, of)
    local problem = raised[tonumber(outcome.exception)]
    local whole = outcome.data == nil and "" or ffi.string(outcome.data, outcome.length)
    if outcome.release ~= nil then outcome.release(outcome.owner) end
    local status = tonumber(outcome.status)
    if status == E_CALLBACK and problem ~= nil then error(problem, 0) end
    local details = {}
    for part in (whole .. "\0"):gmatch("([^%z]*)%z") do details[#details + 1] = part end
    local message = details[1]
    if message == "" then message = of.full_name .. " has failed; the library does not say why" end
    if message:sub(1, #of.symbol + 2) == of.symbol .. ": " then
        message = of.full_name .. message:sub(#of.symbol + 1)
    end
    local own = self.exceptions[status]
    local failure = setmetatable({ message = message, status = status, name = own and own.name or "Error",
        errno = outcome.error_number ~= 0 and outcome.error_number or nil }, Error)
    local member = 0
    for i = 2, #details do
        local letter, content = details[i]:sub(1, 1), details[i]:sub(2):gsub("\192\128", "\0")
        if letter == "c" then break end -- what follows is of its cause
        if letter == "w" then failure.message = content end
        if letter == "m" and own then
            member = member + 1
            local of_member = own.members[member]
            if of_member.kind == C.CLIB_KIND_BOOL then
                content = content == "1" or content == "true" or content == "True"
            elseif of_member.kind <= C.CLIB_KIND_DOUBLE then
                content = tonumber(content)
            end
            failure[text(of_member.name)] = content
        end
    end
    error(failure, 0)
end

-- The C type of a value, or nil where a loader would have to know more.
function Library:c_type(value)
    local kind = value.kind
    if NUMBERS[kind] then return ffi.typeof(NUMBERS[kind][1]) end
    if kind == C.CLIB_KIND_BOOL then return ffi.typeof("bool") end
    if kind == C.CLIB_KIND_ENUM then return ffi.typeof(NUMBERS[value.element][1]) end
    if kind == C.CLIB_KIND_STRUCT then return self:structure(value.type) end
    if kind == C.CLIB_KIND_DURATION or kind == C.CLIB_KIND_TIME or kind == C.CLIB_KIND_STATUS then
        return ffi.typeof("int64_t")
    end
    return ffi.typeof("const void*")
end

-- A function of C for all callbacks of a signature.
function Library:trampoline(signature)
    local name = key(signature)
    if self.trampolines[name] then return self.trampolines[name] end
    local types, marks, readers = { self:c_type(signature.result) }, {}, {}
    for part in each(signature.parameters, signature.parameter_count) do
        local kind = part.kind
        types[#types + 1], marks[#marks + 1] = self:c_type(part), "$"
        if kind == C.CLIB_KIND_BYTES then
            marks[#marks + 1] = "size_t"
            readers[#readers + 1] = function(arguments, at)
                return ffi.string(arguments[at], arguments[at + 1]), 2
            end
        elseif kind == C.CLIB_KIND_TEXT then
            readers[#readers + 1] = function(arguments, at)
                return arguments[at] ~= nil and ffi.string(ffi.cast("const char*", arguments[at])) or nil, 1
            end
        elseif kind == C.CLIB_KIND_ENUM then
            readers[#readers + 1] = function(arguments, at)
                return self:member_of(arguments[at], part.type), 1
            end
        elseif NUMBERS[kind] or kind == C.CLIB_KIND_BOOL then
            readers[#readers + 1] = function(arguments, at)
                local argument = arguments[at]
                return type(argument) == "cdata" and exact(argument) or argument, 1
            end
        else
            fail("LuaJIT takes no such argument of a callback")
        end
    end
    local has_result = signature.result.kind ~= C.CLIB_KIND_NONE
    if not has_result then table.remove(types, 1) end
    marks[#marks + 1] = "void*"
    local pointer = ffi.typeof(("%s (*)(%s)"):format(has_result and "$" or "void",
        table.concat(marks, ", ")), unpack(types))
    local made = ffi.cast(pointer, function(...)
        local arguments, count = { ... }, select("#", ...)
        local callback, result = callback_of(arguments[count]), 0
        local status = guarded(callback, function()
            local values, at = {}, 1
            for i, read in ipairs(readers) do
                local step
                values[i], step = read(arguments, at)
                at = at + step
            end
            result = callback.callable(unpack(values, 1, #readers)) or 0
            if has_result then result = checked_integer(result, 4, "the result of a function") end
        end)
        if has_result then return status < 0 and status or result end
    end)
    self.trampolines[name] = made
    return made
end

-- How an argument is passed: the C types, and a function that adds the C arguments to a row.
function Library:passing(value, where)
    local kind, type_of = value.kind, type
    if bit.band(value.flags, bit.bnot(VALUE_FLAGS)) ~= 0 then
        fail(where .. " has a flag that is not known here")
    end
    local is_nullable = has(value.flags, C.CLIB_VALUE_NULLABLE)
    local function one(ctype, convert)
        return { ctype }, function(row, argument, call)
            row[#row + 1] = argument == nil and is_nullable and ffi.cast(ctype, nil) or
                convert(argument, call)
        end
    end
    local void, size = ffi.typeof("const void*"), ffi.typeof("size_t")
    if NUMBERS[kind] and kind <= 8 then
        return one(self:c_type(value), function(argument) return checked_integer(argument, kind, where) end)
    elseif kind == C.CLIB_KIND_FLOAT or kind == C.CLIB_KIND_DOUBLE then
        return one(self:c_type(value), function(argument)
            if type_of(argument) ~= "number" then wrong(where, "a number", argument) end
            return argument
        end)
    elseif kind == C.CLIB_KIND_STATUS or kind == C.CLIB_KIND_DURATION or kind == C.CLIB_KIND_TIME then
        return one(self:c_type(value), function(argument) return checked_integer(argument, 4, where) end)
    elseif kind == C.CLIB_KIND_BOOL then
        return one(self:c_type(value), function(argument)
            if type_of(argument) ~= "boolean" then wrong(where, "a boolean", argument) end
            return argument
        end)
    elseif kind == C.CLIB_KIND_ENUM then
        return one(self:c_type(value), function(argument) return self:number_of(argument, value, where) end)
    elseif kind == C.CLIB_KIND_TEXT or kind == C.CLIB_KIND_PATH then
        return one(void, function(argument, call)
            if type_of(argument) ~= "string" then wrong(where, "a string", argument) end
            if argument:find("\0", 1, true) then
                fail(where .. " has a NUL in it, at which C would cut it; remove it", "ValueError", -3)
            end
            return ffi.cast("const char*", argument)
        end)
    elseif kind == C.CLIB_KIND_BYTES then
        return { void, size }, function(row, argument)
            if argument == nil and is_nullable then argument = "" end
            if type_of(argument) ~= "string" then wrong(where, "a string", argument) end
            row[#row + 1], row[#row + 2] = ffi.cast("const char*", argument), #argument
        end
    elseif kind == C.CLIB_KIND_SEQUENCE or kind == C.CLIB_KIND_WRITABLE_SEQUENCE or
        kind == C.CLIB_KIND_WRITABLE then
        local element = ffi.typeof("char")
        if kind ~= C.CLIB_KIND_WRITABLE then
            element = NUMBERS[value.element] and ffi.typeof(NUMBERS[value.element][1]) or
                self:structure(value.type)
        end
        local array = ffi.typeof("$[?]", element)
        local prefix = tostring(array):match("^(.*)%[")
        return { void, size }, function(row, argument, call)
            if type_of(argument) == "table" and kind == C.CLIB_KIND_SEQUENCE then
                argument = array(#argument, argument)
                call.keep[#call.keep + 1] = argument
            end
            if type_of(argument) ~= "cdata" or
                tostring(ffi.typeof(argument)):sub(1, #prefix) ~= prefix then
                wrong(where, ("an array %s"):format(tostring(array):match("<(.*)>")), argument)
            end
            row[#row + 1], row[#row + 2] = ffi.cast(void, argument),
                ffi.sizeof(argument) / ffi.sizeof(element)
        end
    elseif kind == C.CLIB_KIND_HANDLE then
        return one(void, function(argument, call)
            if has(value.flags, C.CLIB_VALUE_GIVEN) then call.given[#call.given + 1] = argument end
            return self:handle_of(argument, value.type, where)
        end)
    elseif kind == C.CLIB_KIND_STRUCT or kind == C.CLIB_KIND_STRUCT_POINTER then
        local structure = self:structure(value.type)
        return one(kind == C.CLIB_KIND_STRUCT and structure or void, function(argument)
            if not ffi.istype(structure, argument) then
                wrong(where, "a " .. text(value.type.name), argument)
            end
            return kind == C.CLIB_KIND_STRUCT and argument or ffi.cast(void, argument)
        end)
    elseif kind == C.CLIB_KIND_CALLBACK or kind == C.CLIB_KIND_KEPT_CALLBACK or
        kind == C.CLIB_KIND_FUNCTION then
        local is_kept = kind ~= C.CLIB_KIND_CALLBACK
        local pointer = kind == C.CLIB_KIND_FUNCTION and call_function or self:trampoline(value.callback)
        local parts = kind == C.CLIB_KIND_FUNCTION and item_parts(value)
        return is_kept and { void, void, void } or { void, void }, function(row, argument, call)
            local start = #row
            if argument == nil and is_nullable then
                for i = 1, is_kept and 3 or 2 do row[start + i] = ffi.cast(void, nil) end
                return
            end
            if type_of(argument) ~= "function" then wrong(where, "a function", argument) end
            local number = add_callback(self, argument, value)
            callbacks[number].parts = parts
            local is_once = has(value.flags, C.CLIB_VALUE_CALLED_ONCE)
            call.callbacks[#call.callbacks + 1] = { number, is_kept or is_once }
            row[start + 1], row[start + 2] = ffi.cast(void, pointer), context_of(number)
            if is_kept then row[start + 3] = ffi.cast(void, release) end
        end
    elseif COMPOSITE[kind] then
        return { void }, function(row, argument, call)
            local item = ffi.new("clib_item")
            call.keep[#call.keep + 1] = item
            to_item(self, argument, value, item, call.keep, where)
            row[#row + 1] = ffi.cast(void, item)
        end
    end
    return fail("kind " .. kind .. " is not known here")
end

-- How a result is read: the C type, and a function of what was returned and the outcome.
function Library:reading(value)
    local kind = value.kind
    if kind == C.CLIB_KIND_NONE or kind == C.CLIB_KIND_STATUS then
        return ffi.typeof("int64_t"), function() return nil end
    elseif kind == C.CLIB_KIND_TEXT or kind == C.CLIB_KIND_BYTES or kind == C.CLIB_KIND_PATH then
        return ffi.typeof("int64_t"), function(_, outcome)
            return outcome.data ~= nil and ffi.string(outcome.data, outcome.length) or ""
        end
    elseif COMPOSITE[kind] then
        return ffi.typeof("int64_t"), function(_, outcome)
            return from_item(self, ffi.cast("clib_item*", outcome.data)[0], value)
        end
    elseif kind == C.CLIB_KIND_HANDLE then
        return ffi.typeof("void*"), function(returned) return self:adopt(returned, value.type) end
    elseif kind == C.CLIB_KIND_ENUM then
        return self:c_type(value), function(returned) return self:member_of(returned, value.type) end
    elseif NUMBERS[kind] or kind == C.CLIB_KIND_DURATION or kind == C.CLIB_KIND_TIME then
        return self:c_type(value), function(returned) return exact(returned) end
    elseif kind == C.CLIB_KIND_BOOL or kind == C.CLIB_KIND_STRUCT then
        return self:c_type(value), function(returned) return returned end
    end
    return fail("kind " .. kind .. " is not known here")
end

local function default_of(value)
    local default = value.default_value
    if default == nil then return nil end
    local kind = value.kind
    if default.text ~= nil then return text(default.text) end
    if kind == C.CLIB_KIND_FLOAT or kind == C.CLIB_KIND_DOUBLE then return default.number end
    if kind == C.CLIB_KIND_DURATION then return default.number * 1e9 end
    if kind == C.CLIB_KIND_BOOL then return default.integer ~= 0 end
    return exact(default.integer)
end

-- Makes a function of Lua.
function Library:bind(of)
    if bit.band(of.record.flags, bit.bnot(FUNCTION_FLAGS)) ~= 0 then fail("it has a flag that is not known here") end
    local types, add, defaults = { ffi.typeof("clib_outcome*") }, {}, {}
    local result_type, read = self:reading(of.record.result)
    for i, value in ipairs(list(of.record.parameters, of.record.parameter_count)) do
        local where = ("%s: %s"):format(of.full_name, text(value.name))
        local c_types
        c_types, add[i] = self:passing(value, where)
        defaults[i] = default_of(value)
        if value.kind == C.CLIB_KIND_ENUM and defaults[i] then
            defaults[i] = self:member_of(defaults[i], value.type)
        end
        for _, each_type in ipairs(c_types) do types[#types + 1] = each_type end
    end
    local marks = ("$, "):rep(#types):sub(1, -3)
    local entry = ffi.cast(ffi.typeof("$ (*)(" .. marks .. ")", result_type, unpack(types)),
        of.record.entry)

    local function end_call(call, is_kept)
        depth = depth - 1
        for _, each_callback in ipairs(call.callbacks) do
            if not (is_kept and each_callback[2]) then callbacks[each_callback[1]] = nil end
        end
        if depth == 0 and #raised > 0 then raised = {} end
    end

    return function(...)
        local arguments, count = { ... }, select("#", ...)
        if count > #add then
            local _, problem = pcall(fail, ("%s takes %d arguments, not %d"):format(of.full_name, #add, count))
            error(setmetatable({ problem = problem }, Unfit), 0)
        end
        local call = { keep = { arguments }, callbacks = {}, given = {} }
        local outcome = ffi.new("clib_outcome")
        outcome.size, outcome.flags = ffi.sizeof(outcome), C.CLIB_CALL_UNLOCKED
        local row = { outcome }
        depth = depth + 1
        local is_done, result = pcall(function()
            for i, add_argument in ipairs(add) do
                local argument = arguments[i]
                if argument == nil then argument = defaults[i] end
                local is_fit, problem = pcall(add_argument, row, argument, call)
                if not is_fit then error(setmetatable({ problem = problem }, Unfit), 0) end
            end
            local returned = entry(unpack(row, 1, #types))
            if outcome.status < 0 then self:failure(outcome, of) end
            for _, object in ipairs(call.given) do self:take(object) end
            local value = read(returned, outcome)
            if outcome.release ~= nil then outcome.release(outcome.owner) end
            return value
        end)
        end_call(call, is_done)
        if not is_done then error(result, 0) end
        return result
    end
end

-- An object that C++ owns now.
function Library:take(object)
    local state = rawget(object, "state")
    self.held[tostring(state.handle.number)] = nil
    state.handle = nil
end

-- Of the functions of one name, the first whose arguments can be passed.
local function overloaded(name, functions)
    return function(...)
        local problem
        for _, call in ipairs(functions) do
            local results = { pcall(call, ...) }
            if results[1] then return results[2] end
            if getmetatable(results[2]) ~= Unfit then error(results[2], 0) end
            problem = results[2].problem
        end
        if #functions == 1 then error(problem, 0) end
        fail(("%s has no overload for these arguments; the last says: %s"):format(name, problem.message))
    end
end

-- Special names of Python that a metatable has too.
local META = { __str__ = "__tostring", __call__ = "__call", __eq__ = "__eq", __lt__ = "__lt",
    __le__ = "__le", __add__ = "__add", __sub__ = "__sub", __mul__ = "__mul", __truediv__ = "__div",
    __neg__ = "__unm", __mod__ = "__mod", __pow__ = "__pow" }
local NAMES = { __len__ = "len", __getitem__ = "at", __setitem__ = "put", __contains__ = "contains",
    __next__ = "next", __iter__ = "iter" }

-- What a generic for takes, of a function that returns an iterator of C++.
local function iterating(iterator_of)
    return function(object)
        local iterator = iterator_of(object)
        return function()
            local results = { pcall(iterator.next, iterator) }
            if results[1] then return results[2] end
            if results[2].status ~= E_STOP_ITERATION then error(results[2], 0) end
        end
    end
end

function Library:new_class(type)
    local class = { name = text(type.name), properties = {}, setters = {}, methods = {},
        base = type.base ~= nil and self.classes[key(type.base)] or nil, statics = {} }
    local function find(which, name)
        local from = class
        while from do
            if from[which][name] ~= nil then return from[which][name] end
            from = from.base
        end
    end
    class.__index = function(object, name)
        local get = find("properties", name)
        if get then return get(object) end
        return find("methods", name)
    end
    class.__newindex = function(object, name, value)
        local set = find("setters", name)
        if not set then fail(("%s.%s cannot be set"):format(class.name, tostring(name)), "AttributeError", -13) end
        set(object, value)
    end
    class.__tostring = function() return class.name end
    class.methods.close = function(object)
        local state = rawget(object, "state")
        local handle = state.handle
        if not handle then return end
        self:drop(handle, true)
        ffi.gc(handle, nil)
        state.handle = nil
    end
    setmetatable(class.statics, { __call = function(_, ...)
        if not class.new then fail(class.name .. " has no constructor") end
        return class.new(...)
    end, __index = class.base and class.base.statics })
    return class
end

function Library:read_types()
    for type in each(self.module.types, self.module.type_count) do
        local scope = type.scope ~= nil and self.scopes[key(type.scope)] or self.found
        local name = text(type.name):match("[^.]*$")
        local made
        if type.kind == C.CLIB_TYPE_STRUCT then
            local is_known, structure = pcall(function()
                local parts, types = {}, {}
                for member in each(type.members, type.member_count) do
                    parts[#parts + 1], types[#types + 1] = "$ " .. text(member.name) .. ";",
                        self:c_type(member)
                end
                return ffi.typeof("struct { " .. table.concat(parts, " ") .. " }", unpack(types))
            end)
            if is_known and ffi.sizeof(structure) == type.byte_size then
                made, self.structures[key(type)] = structure, structure
            end
        elseif type.kind == C.CLIB_TYPE_ENUM then
            local enum = { name = name, is_flags = has(type.flags, C.CLIB_TYPE_FLAGS), by_number = {} }
            made = {}
            for member in each(type.members, type.member_count) do
                local is_signed = member.kind <= 4
                local number = exact(ffi.cast(is_signed and "int64_t" or "uint64_t", member.offset))
                local constant = setmetatable({ enum = enum, number = number, name = text(member.name) },
                    { __tostring = function(self) return name .. "." .. self.name end })
                made[constant.name], enum.by_number[number] = constant, constant
            end
            self.enums[key(type)] = enum
        elseif type.kind == C.CLIB_TYPE_HANDLE then
            local class = self:new_class(type)
            self.classes[key(type)], self.class_by_symbol[text(type.symbol)] = class, class
            made = class.statics
        elseif type.kind == C.CLIB_TYPE_MODULE then
            made = {}
        end
        self.scopes[key(type)], scope[name] = made, made
    end
end

function Library:read_exceptions()
    local by_address = {}
    for exception in each(self.module.exceptions, self.module.exception_count) do
        local members = {}
        if exception.base ~= nil then
            for _, member in ipairs(by_address[key(exception.base)].members) do
                members[#members + 1] = member
            end
        end
        for member in each(exception.members, exception.member_count) do members[#members + 1] = member end
        local own = { name = text(exception.name), members = members }
        by_address[key(exception)], self.exceptions[tonumber(exception.status)] = own, own
    end
end

function Library:read_functions()
    local groups, in_order = {}, {}
    for record in each(self.module.functions, self.module.function_count) do
        local owner = record.owner ~= nil and record.owner or nil
        local of = { record = record, symbol = text(record.symbol), name = text(record.name), owner = owner,
            role = record.role, class = owner and self.classes[key(owner)] }
        local prefix = owner and text(owner.name) or ""
        of.full_name = of.role == C.CLIB_ROLE_CONSTRUCTOR and prefix or
            prefix .. (owner and "." or "") .. of.name
        if of.role ~= C.CLIB_ROLE_SUPPORT and of.role ~= C.CLIB_ROLE_PIN and of.role ~= C.CLIB_ROLE_UNPIN then
            local is_known, call = pcall(self.bind, self, of)
            if is_known then
                local name = ("%d %s %s"):format(of.role, prefix, of.name)
                if not groups[name] then
                    groups[name] = { of = of }
                    in_order[#in_order + 1] = groups[name]
                end
                table.insert(groups[name], call)
            else
                self.left_out[of.full_name] = tostring(call)
            end
        end
    end
    for _, group in ipairs(in_order) do
        local of, class = group.of, group.of.class
        local call = overloaded(of.full_name, group)
        if of.role == C.CLIB_ROLE_CONSTRUCTOR then
            class.new = call
        elseif of.role == C.CLIB_ROLE_DESTRUCTOR then
            local entry = ffi.cast("int64_t (*)(clib_outcome*, void*)", of.record.entry)
            class.free = function(handle, is_explicit)
                local outcome = ffi.new("clib_outcome")
                outcome.size, outcome.flags = ffi.sizeof(outcome), C.CLIB_CALL_UNLOCKED
                entry(outcome, handle)
                if outcome.status >= 0 then return end
                if is_explicit then self:failure(outcome, of) end
                if outcome.release ~= nil then outcome.release(outcome.owner) end
            end
        elseif of.role == C.CLIB_ROLE_PROPERTY then
            class.properties[of.name] = call
        elseif of.role == C.CLIB_ROLE_SETTER then
            class.setters[of.name] = call
        elseif of.role == C.CLIB_ROLE_METHOD then
            if META[of.name] then class[META[of.name]] = call end
            class.methods[NAMES[of.name] or of.name] = of.name == "__iter__" and iterating(call) or call
        else -- of the module, of a submodule, or of a type
            local scope = of.owner and (class and class.statics or self.scopes[key(of.owner)]) or self.found
            if of.role == C.CLIB_ROLE_CONSTANT then call = call() end
            scope[of.name] = call
        end
    end
end

local function load(path)
    local file = ffi.load(path)
    C.dlopen(path, 2) -- so that it stays when Lua has ended
    local module = file.clib_describe()
    if module.magic ~= MAGIC or module.format ~= FORMAT then
        error(("%s is of format %d, and this loader reads %d"):format(path, module.format, FORMAT), 2)
    end
    local library = setmetatable({ file = file, module = module, found = {}, scopes = {}, structures = {},
        enums = {}, classes = {}, class_by_symbol = {}, exceptions = {}, trampolines = {}, left_out = {},
        held = {}, objects = setmetatable({}, { __mode = "v" }) }, Library)
    libraries[#libraries + 1] = library
    library:read_types()
    library:read_exceptions()
    library:read_functions()
    -- What a loader cannot carry, by name, with the reason; and how many objects of a class are alive.
    library.found.left_out = library.left_out
    return library.found
end

return { load = load, Error = Error, at_end = at_end }
