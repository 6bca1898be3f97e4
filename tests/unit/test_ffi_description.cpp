// SPDX-License-Identifier: MIT
// The table that a library describes itself with: all of describe.h that a listing can say, and
// what changes a hash.
#include "doctest.hpp"

#include <clib/ffi/argument.hpp>
#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/module.hpp>
#include <clib/version.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

using clib::ffi::call;
using clib::ffi::handle_table;
using clib::ffi::detail::crc32;
using clib::ffi::detail::fnv1a;

struct thing;
struct other_thing;
struct point {
    int8_t small;
    double x;
    bool is_set;
};
struct line {
    uint16_t number;
    point from;
    point to;
    float width;
};

namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constinit handle_table<std::string, thing> things{"thing"};

}  // namespace

extern "C" {
static int64_t numbers(int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t,
                       size_t, float, double, bool, clib::ffi::status) noexcept {
    return 0;
}
static const char* texts(const char*, const char*, size_t, char*, size_t, char*) noexcept {
    return call([] { return "text\0and more"s; });
}
static double sequences(const double*, size_t, int16_t*, size_t, const point*, size_t,
                        const uint8_t*, size_t) noexcept {
    return call([]() -> double { throw std::invalid_argument{"of no use"}; });
}
static line structures(point, const line*, line*) noexcept { return {}; }
static bool callbacks(void (*)(void*), void*,
                      int64_t (*)(const char*, size_t, double, point, const point*, const char*,
                                  const int32_t*, size_t, void*) noexcept,
                      void*, int64_t (*)(uint8_t, void*), void*, void (*)(void*)) noexcept {
    return true;
}
static const uint8_t* as_bytes() noexcept {
    return call([] { return "\0\1\2"s; });
}
static clib::ffi::status refused_by_the_system() noexcept {
    return call([] {
        throw std::system_error{std::make_error_code(std::errc::permission_denied), "open"};
    });
}
static int64_t defaults(int32_t, bool, double, const char*, const char*, size_t, thing*,
                        const point*, void (*)(void*), void*) noexcept {
    return 0;
}
static thing* thing_new(const char* text, size_t size) noexcept {
    return call([&] { return things.emplace(clib::ffi::bytes(text, size, "text")); });
}
static int64_t thing_size(thing* self) noexcept {
    return call([&] { return things.at(self)->size(); });
}
static int64_t thing_same(const thing* self, const thing* other) noexcept {
    return self == other ? 1 : 0;
}
static int64_t thing_count() noexcept {
    return call([] { return things.live(); });
}
static char* thing_pin(thing* self) noexcept {
    return call([&] { return things.at(self)->data(); });
}
static int64_t thing_unpin(thing*) noexcept { return 0; }
static clib::ffi::status thing_free(thing* self) noexcept { return things.free(self); }
}

CLIB_MODULE(sample, "1.2.3", "What the toolkit can describe.",
    type<other_thing>("OtherThing"),
    structure<point>("Point", "A place.")
        .member<&point::small>("small").member<&point::x>("x").member<&point::is_set>("is_set"),
    structure<line>("Line").member<&line::number>("number").member<&line::from>("start")
        .member<&line::to>("end").member<&line::width>("width"),
    function<&numbers>("numbers", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "size",
                       "f", "d", "b", "status"),
    function<&texts>("texts", "text", "data", "out", address{"where"}).doc("Texts.").may_block(),
    type<thing>("Thing", "Holds text.")
        .constructor<&thing_new>(parameter{"text", "none"})
        .property<&thing_size>("size").doc("How long.")
        .method<&thing_same>("__eq__", "other")
        .function<&thing_count>("count")
        .buffer<&thing_pin, &thing_unpin>()
        .destructor<&thing_free>(),
    function<&sequences>("sequences", "numbers", "out", "points", "octets"),
    function<&structures>("structures", "by_value", "read", "written"),
    function<&callbacks>("callbacks", parameter{"done"}.called_once(), "found", "kept"),
    function<&as_bytes>("as_bytes"),
    function<&refused_by_the_system>("refused"),
    function<&defaults>("defaults", parameter{"i", -5}, parameter{"b", true},
                        parameter{"d", 2.5}, parameter{"t", "text"}, parameter{"data", nullptr},
                        parameter{"thing", nullptr}, parameter{"point", nullptr},
                        parameter{"hook", nullptr}));

namespace {

const clib_module& module() { return *clib_describe(); }

std::span<const clib_function> functions() {
    return {module().functions, static_cast<std::size_t>(module().function_count)};
}
const clib_function& function_named(std::string_view name) {
    for (const clib_function& function : functions()) {
        if (function.name == name) { return function; }
    }
    throw std::runtime_error{"there is no function of that name"};
}
const clib_type& type_named(std::string_view name) {
    for (std::size_t i = 0; i < module().type_count; ++i) {
        if (module().types[i].name == name) { return module().types[i]; }
    }
    throw std::runtime_error{"there is no type of that name"};
}
std::span<const clib_value> parameters_of(const clib_function& function) {
    return {function.parameters, static_cast<std::size_t>(function.parameter_count)};
}
std::vector<std::uint32_t> kinds_of(const clib_function& function) {
    std::vector<std::uint32_t> kinds;
    for (const clib_value& value : parameters_of(function)) { kinds.push_back(value.kind); }
    return kinds;
}
using kinds = std::vector<std::uint32_t>;

template <class Function>
auto* as(Function, void (*address)()) {
    return reinterpret_cast<Function>(address);
}

}  // namespace

TEST_CASE("the module says what it is") {
    CHECK(module().size == sizeof(clib_module));
    CHECK(module().magic == CLIB_DESCRIPTION_MAGIC);
    if constexpr (std::endian::native == std::endian::little) {
        CHECK(std::memcmp(&module().magic, "CLIB", 4) == 0);
    }
    CHECK(module().format == CLIB_DESCRIPTION_FORMAT);
    CHECK(module().name == "sample"sv);
    CHECK(module().version == "1.2.3"sv);
    CHECK(module().toolkit == std::string_view{CLIB_VERSION_STRING});
    CHECK(module().doc == "What the toolkit can describe."sv);
    CHECK(clib_describe() == &module());
}

TEST_CASE("types come in their order, with what belongs to them") {
    REQUIRE(module().type_count == 4);
    const std::string_view names[] = {"OtherThing", "Point", "Line", "Thing"};
    const std::string_view symbols[] = {"other_thing", "point", "line", "thing"};
    for (std::size_t i = 0; i < 4; ++i) {
        const clib_type& type = module().types[i];
        CHECK(type.size == sizeof(clib_type));
        CHECK(type.name == names[i]);
        CHECK(type.symbol == symbols[i]);
        CHECK(type.flags == 0);
    }
    const clib_type& handle = type_named("Thing");
    CHECK(handle.kind == CLIB_TYPE_HANDLE);
    CHECK(handle.doc == "Holds text."sv);
    CHECK(handle.byte_size == 0);
    CHECK(handle.alignment == 0);
    CHECK(handle.members == nullptr);
    CHECK(handle.member_count == 0);
    CHECK(handle.hash == 0);
    CHECK(type_named("OtherThing").doc == ""sv);
}

TEST_CASE("a structure's members lie where the compiler put them") {
    const clib_type& inner = type_named("Point");
    CHECK(inner.kind == CLIB_TYPE_STRUCT);
    CHECK(inner.byte_size == sizeof(point));
    CHECK(inner.alignment == alignof(point));
    REQUIRE(inner.member_count == 3);
    CHECK(inner.members[0].name == "small"sv);
    CHECK(inner.members[0].kind == CLIB_KIND_INT8);
    CHECK(inner.members[0].offset == offsetof(point, small));
    CHECK(inner.members[1].kind == CLIB_KIND_DOUBLE);
    CHECK(inner.members[1].offset == offsetof(point, x));
    CHECK(inner.members[2].kind == CLIB_KIND_BOOL);
    CHECK(inner.members[2].offset == offsetof(point, is_set));

    const clib_type& outer = type_named("Line");
    CHECK(outer.byte_size == sizeof(line));
    CHECK(outer.alignment == alignof(line));
    REQUIRE(outer.member_count == 4);
    const std::size_t offsets[] = {offsetof(line, number), offsetof(line, from), offsetof(line, to),
                                   offsetof(line, width)};
    const std::string_view names[] = {"number", "start", "end", "width"};
    const std::uint32_t member_kinds[] = {CLIB_KIND_UINT16, CLIB_KIND_STRUCT, CLIB_KIND_STRUCT,
                                          CLIB_KIND_FLOAT};
    for (std::size_t i = 0; i < 4; ++i) {
        const clib_value& member = outer.members[i];
        CHECK(member.size == sizeof(clib_value));
        CHECK(member.offset == offsets[i]);
        CHECK(member.name == names[i]);
        CHECK(member.kind == member_kinds[i]);
        CHECK(member.type == (member.kind == CLIB_KIND_STRUCT ? &inner : nullptr));
    }
}

TEST_CASE("functions come in their order, those of a type at its place, the support last") {
    const std::string_view names[] = {
        "numbers",  "texts",   "__init__", "size",       "__eq__",      "count",
        "pin",      "unpin",   "close",    "sequences",  "structures",  "callbacks",
        "as_bytes", "refused", "defaults", "last_error", "last_status", "last_size"};
    const std::uint32_t roles[] = {CLIB_ROLE_FUNCTION, CLIB_ROLE_FUNCTION, CLIB_ROLE_CONSTRUCTOR,
                                   CLIB_ROLE_PROPERTY, CLIB_ROLE_METHOD,   CLIB_ROLE_FUNCTION,
                                   CLIB_ROLE_PIN,      CLIB_ROLE_UNPIN,    CLIB_ROLE_DESTRUCTOR,
                                   CLIB_ROLE_FUNCTION, CLIB_ROLE_FUNCTION, CLIB_ROLE_FUNCTION,
                                   CLIB_ROLE_FUNCTION, CLIB_ROLE_FUNCTION, CLIB_ROLE_FUNCTION,
                                   CLIB_ROLE_SUPPORT,  CLIB_ROLE_SUPPORT,  CLIB_ROLE_SUPPORT};
    REQUIRE(functions().size() == std::size(names));
    for (std::size_t i = 0; i < std::size(names); ++i) {
        const clib_function& function = functions()[i];
        CAPTURE(i);
        CHECK(function.size == sizeof(clib_function));
        CHECK(function.name == names[i]);
        CHECK(function.role == roles[i]);
        CHECK(function.owner == (i >= 2 && i <= 8 ? &type_named("Thing") : nullptr));
        CHECK(function.flags == (function.name == "texts"sv ? CLIB_FUNCTION_MAY_BLOCK : 0));
        CHECK((function.address != nullptr));
        CHECK((function.entry != nullptr));
        CHECK((function.entry != function.address));
    }
    CHECK(function_named("texts").doc == "Texts."sv);
    CHECK(function_named("size").doc == "How long."sv);
    CHECK(function_named("numbers").doc == ""sv);
}

TEST_CASE("the symbol is the function's name in C") {
    CHECK(function_named("numbers").symbol == "numbers"sv);
    CHECK(function_named("__init__").symbol == "thing_new"sv);
    CHECK(function_named("last_status").symbol == "sample_last_status"sv);
    CHECK((as(&thing_count, function_named("count").address) == &thing_count));
}

TEST_CASE("each number has its kind") {
    const clib_function& function = function_named("numbers");
    CHECK(kinds_of(function) ==
          kinds{CLIB_KIND_INT8, CLIB_KIND_INT16, CLIB_KIND_INT32, CLIB_KIND_INT64, CLIB_KIND_UINT8,
                CLIB_KIND_UINT16, CLIB_KIND_UINT32, CLIB_KIND_UINT64, CLIB_KIND_UINT64,
                CLIB_KIND_FLOAT, CLIB_KIND_DOUBLE, CLIB_KIND_BOOL, CLIB_KIND_STATUS});
    for (const clib_value& value : parameters_of(function)) {
        CHECK(value.size == sizeof(clib_value));
        CHECK(value.element == CLIB_KIND_NONE);
        CHECK(value.flags == 0);
        CHECK(value.type == nullptr);
        CHECK(value.callback == nullptr);
        CHECK(value.offset == 0);
        CHECK(value.default_value == nullptr);
    }
    CHECK(function.parameters[8].name == "size"sv);
}

TEST_CASE("text, bytes, writable memory and addresses are told apart") {
    const auto values = parameters_of(function_named("texts"));
    CHECK(kinds_of(function_named("texts")) ==
          kinds{CLIB_KIND_TEXT, CLIB_KIND_BYTES, CLIB_KIND_WRITABLE, CLIB_KIND_ADDRESS});
    CHECK(values[0].flags == CLIB_VALUE_CONST);
    CHECK(values[1].flags == CLIB_VALUE_CONST);
    CHECK(values[2].flags == 0);
    CHECK(values[3].flags == 0);
}

TEST_CASE("a sequence says what it is made of") {
    const auto values = parameters_of(function_named("sequences"));
    CHECK(kinds_of(function_named("sequences")) == kinds{CLIB_KIND_SEQUENCE,
                                                         CLIB_KIND_WRITABLE_SEQUENCE,
                                                         CLIB_KIND_SEQUENCE, CLIB_KIND_SEQUENCE});
    CHECK(values[0].element == CLIB_KIND_DOUBLE);
    CHECK(values[0].flags == CLIB_VALUE_CONST);
    CHECK(values[1].element == CLIB_KIND_INT16);
    CHECK(values[1].flags == 0);
    CHECK(values[2].element == CLIB_KIND_STRUCT);
    CHECK(values[2].type == &type_named("Point"));
    CHECK(values[3].element == CLIB_KIND_UINT8);
}

TEST_CASE("structures go by value and by pointer") {
    const auto values = parameters_of(function_named("structures"));
    CHECK(kinds_of(function_named("structures")) ==
          kinds{CLIB_KIND_STRUCT, CLIB_KIND_STRUCT_POINTER, CLIB_KIND_STRUCT_POINTER});
    CHECK(values[0].type == &type_named("Point"));
    CHECK(values[1].type == &type_named("Line"));
    CHECK(values[1].flags == CLIB_VALUE_CONST);
    CHECK(values[2].flags == 0);
}

TEST_CASE("a callback has a signature of its own") {
    const auto values = parameters_of(function_named("callbacks"));
    CHECK(kinds_of(function_named("callbacks")) ==
          kinds{CLIB_KIND_CALLBACK, CLIB_KIND_CALLBACK, CLIB_KIND_KEPT_CALLBACK});
    CHECK(values[0].flags == CLIB_VALUE_CALLED_ONCE);
    CHECK(values[1].flags == 0);

    const clib_function* const done = values[0].callback;
    REQUIRE(done != nullptr);
    CHECK(done->result->kind == CLIB_KIND_NONE);
    CHECK(done->parameter_count == 0);
    CHECK(done->parameters != nullptr);

    const clib_function* const found = values[1].callback;
    REQUIRE(found != nullptr);
    CHECK(found->size == sizeof(clib_function));
    CHECK(found->symbol == ""sv);
    CHECK(found->name == ""sv);
    CHECK(found->doc == ""sv);
    CHECK(found->result->kind == CLIB_KIND_INT64);
    CHECK(kinds_of(*found) == kinds{CLIB_KIND_BYTES, CLIB_KIND_DOUBLE, CLIB_KIND_STRUCT,
                                    CLIB_KIND_STRUCT_POINTER, CLIB_KIND_TEXT, CLIB_KIND_SEQUENCE});
    CHECK(found->parameters[2].type == &type_named("Point"));
    CHECK(found->parameters[5].element == CLIB_KIND_INT32);
    for (const clib_value& value : parameters_of(*found)) {
        CHECK(value.size == sizeof(clib_value));
        CHECK(value.name == ""sv);
    }
    CHECK(kinds_of(*values[2].callback) == kinds{CLIB_KIND_UINT8});
}

TEST_CASE("the object comes first and is named self") {
    for (const char* const name : {"size", "__eq__", "pin", "unpin", "close"}) {
        const clib_value& self = function_named(name).parameters[0];
        CHECK(self.name == "self"sv);
        CHECK(self.kind == CLIB_KIND_HANDLE);
        CHECK(self.type == &type_named("Thing"));
    }
    const clib_function& same = function_named("__eq__");
    CHECK(same.parameters[0].flags == CLIB_VALUE_CONST);
    CHECK(same.parameters[1].kind == CLIB_KIND_HANDLE);
    CHECK(same.parameters[1].name == "other"sv);
    CHECK(function_named("count").parameter_count == 0);
    CHECK(function_named("__init__").parameters[0].name == "text"sv);
}

TEST_CASE("each result has its kind") {
    const auto result_of = [](const char* name) { return *function_named(name).result; };
    CHECK(result_of("numbers").kind == CLIB_KIND_INT64);
    CHECK(result_of("texts").kind == CLIB_KIND_TEXT);
    CHECK(result_of("as_bytes").kind == CLIB_KIND_BYTES);
    CHECK(result_of("sequences").kind == CLIB_KIND_DOUBLE);
    CHECK(result_of("callbacks").kind == CLIB_KIND_BOOL);
    CHECK(result_of("structures").kind == CLIB_KIND_STRUCT);
    CHECK(result_of("structures").type == &type_named("Line"));
    CHECK(result_of("__init__").kind == CLIB_KIND_HANDLE);
    CHECK(result_of("__init__").type == &type_named("Thing"));
    CHECK(result_of("pin").kind == CLIB_KIND_ADDRESS);
    CHECK(result_of("close").kind == CLIB_KIND_STATUS);
    CHECK(result_of("unpin").kind == CLIB_KIND_INT64);
    CHECK(result_of("last_error").kind == CLIB_KIND_TEXT);
    for (const clib_function& function : functions()) {
        CHECK(function.result->size == sizeof(clib_value));
        CHECK(function.result->name == ""sv);
    }
}

TEST_CASE("defaults of each type") {
    const auto values = parameters_of(function_named("defaults"));
    const auto null = CLIB_VALUE_DEFAULT | CLIB_VALUE_NULLABLE;
    CHECK(values[0].flags == CLIB_VALUE_DEFAULT);
    CHECK(values[0].default_value->integer == -5);
    CHECK(values[1].flags == CLIB_VALUE_DEFAULT);
    CHECK(values[1].default_value->integer == 1);
    CHECK(values[2].flags == CLIB_VALUE_DEFAULT);
    CHECK(values[2].default_value->number == 2.5);
    CHECK(values[3].flags == (CLIB_VALUE_DEFAULT | CLIB_VALUE_CONST));
    CHECK(values[3].default_value->text == "text"sv);
    CHECK(values[4].kind == CLIB_KIND_BYTES);
    CHECK(values[4].flags == (null | CLIB_VALUE_CONST));
    CHECK(values[4].default_value == nullptr);
    CHECK(values[5].flags == null);
    CHECK(values[6].flags == (null | CLIB_VALUE_CONST));
    CHECK(values[7].flags == null);
    CHECK(function_named("__init__").parameters[0].default_value->text == "none"sv);
}

namespace {

/// Calls the entry of a function as a binding does, and releases what it has to.
template <class R, class... P>
struct entry_caller {
    R (*function)(clib_outcome*, P...);
    clib_outcome outcome{};
    std::string data{};

    R operator()(P... arguments) {
        outcome.size = sizeof outcome;
        const R result = function(&outcome, arguments...);
        data = outcome.data != nullptr ? std::string(outcome.data, outcome.length) : "";
        if (outcome.release != nullptr) { outcome.release(outcome.owner); }
        return result;
    }
};

template <class R, class... P>
auto entry_named(const char* name) {
    return entry_caller<R, P...>{
        reinterpret_cast<R (*)(clib_outcome*, P...)>(function_named(name).entry)};
}

}  // namespace

TEST_CASE("the functions of the table work") {
    auto make = entry_named<thing*, const char*, std::size_t>("__init__");
    auto size = entry_named<std::int64_t, thing*>("size");
    const auto free = as(&thing_free, function_named("close").address);
    const std::int64_t before = module().live("thing");
    thing* const object = make("four", 4);
    CHECK(size(object) == 4);
    CHECK(size.outcome.status == 0);
    CHECK(module().live("thing") == before + 1);
    CHECK(module().live("other_thing") == 0);
    CHECK(free(object) == clib::ffi::status::ok);
    CHECK(module().live("thing") == before);
    CHECK(size(object) == -1);
    CHECK(size.outcome.status == static_cast<std::int64_t>(clib::ffi::status::handle));
    CHECK(size.data.starts_with("thing_size: "));
    CHECK(size.data == sample_last_error());
    CHECK(sample_last_status() == clib::ffi::status::handle);
}

TEST_CASE("the errno of what the system refused") {
    auto refused = entry_named<std::int64_t>("refused");
    CHECK(refused() == static_cast<std::int64_t>(clib::ffi::status::system));
    CHECK(refused.outcome.error_number == EACCES);
    auto size = entry_named<std::int64_t, thing*>("size");
    CHECK(size(nullptr) == -1);
    CHECK(size.outcome.error_number == 0);
}

TEST_CASE("text and bytes with their length") {
    using namespace std::string_literals;
    auto text =
        entry_named<std::int64_t, const char*, const char*, std::size_t, char*, std::size_t, char*>(
            "texts");
    CHECK(text(nullptr, nullptr, 0, nullptr, 0, nullptr) == 0);
    CHECK(text.data == "text\0and more"s);

    auto bytes = entry_named<std::int64_t>("as_bytes");
    CHECK(bytes() == 0);
    CHECK(bytes.data == "\0\1\2"s);

    CHECK(texts(nullptr, nullptr, 0, nullptr, 0, nullptr) == "text"s);
    CHECK(sample_last_size() == 13);
}

// --- Sums
// -----------------------------------------------------------------------------------------

namespace {

void add(crc32& sum, const clib_value& value) {
    sum.number(value.kind).number(value.element).number(value.flags).text(value.name);
    sum.number(value.offset);
    if (value.default_value != nullptr) {
        sum.number(static_cast<std::uint64_t>(value.default_value->integer));
        sum.number(std::bit_cast<std::uint64_t>(value.default_value->number));
        const char* const text = value.default_value->text;
        sum.text(text != nullptr ? text : "");
    }
}

std::uint32_t sum_of(const clib_function& function) {
    crc32 sum;
    sum.number(function.role).number(function.flags).number(function.hash);
    sum.text(function.symbol).text(function.name).text(function.doc);
    add(sum, *function.result);
    sum.number(function.parameter_count);
    for (const clib_value& value : parameters_of(function)) { add(sum, value); }
    return sum.value();
}

std::uint32_t sum_of(const clib_type& type) {
    crc32 sum;
    sum.number(type.kind).number(type.flags).number(type.hash);
    sum.text(type.symbol).text(type.name).text(type.doc);
    sum.number(type.byte_size).number(type.alignment).number(type.member_count);
    for (std::size_t i = 0; i < type.member_count; ++i) { add(sum, type.members[i]); }
    return sum.value();
}

}  // namespace

TEST_CASE("a reader can do the sums again") {
    crc32 sum;
    sum.text(module().name).text(module().version).text(module().doc);
    sum.number(module().type_count).number(module().function_count);
    for (std::size_t i = 0; i < module().type_count; ++i) {
        CHECK(module().types[i].checksum == sum_of(module().types[i]));
        sum.number(module().types[i].checksum);
    }
    for (const clib_function& function : functions()) {
        CHECK(function.checksum == sum_of(function));
        sum.number(function.checksum);
    }
    CHECK(module().checksum == sum.value());
}

TEST_CASE("the hash of a signature is the one that other readers and compilers get") {
    fnv1a count;
    count.text("thing_count").number(CLIB_KIND_INT64).number(0).number(0).number(0);
    CHECK(function_named("count").hash == count.value());

    fnv1a texts_of_all_kinds;
    texts_of_all_kinds.text("texts").number(CLIB_KIND_TEXT).number(0).number(CLIB_VALUE_CONST);
    texts_of_all_kinds.number(4);
    texts_of_all_kinds.number(CLIB_KIND_TEXT).number(0).number(CLIB_VALUE_CONST);
    texts_of_all_kinds.number(CLIB_KIND_BYTES).number(0).number(CLIB_VALUE_CONST);
    texts_of_all_kinds.number(CLIB_KIND_WRITABLE).number(0).number(0);
    texts_of_all_kinds.number(CLIB_KIND_ADDRESS).number(0).number(0);
    CHECK(function_named("texts").hash == texts_of_all_kinds.value());

    fnv1a constructor;
    constructor.text("thing_new");
    constructor.number(CLIB_KIND_HANDLE).number(0).number(0).text("thing").number(0);
    constructor.number(1).number(CLIB_KIND_BYTES).number(0).number(CLIB_VALUE_CONST);
    CHECK(function_named("__init__").hash == constructor.value());

    fnv1a layout;
    layout.number(sizeof(point)).number(alignof(point));
    layout.text("small").number(0).text("x").number(8).text("is_set").number(16);
    for (const std::uint64_t kind : {CLIB_KIND_INT8, CLIB_KIND_DOUBLE, CLIB_KIND_BOOL}) {
        layout.number(kind).number(0).number(0);
    }
    CHECK(type_named("Point").hash == layout.value());
}

TEST_CASE("all hashes are different") {
    std::set<std::uint64_t> hashes;
    for (const clib_function& function : functions()) { hashes.insert(function.hash); }
    CHECK(hashes.size() == functions().size());
}

namespace first {
struct object;
struct pair {
    std::int32_t a, b;
};
std::int64_t f(std::int32_t, std::int64_t) noexcept { return 0; }
std::int64_t take(pair) noexcept { return 0; }
std::int64_t take_object(object*) noexcept { return 0; }
std::int64_t hook(void (*)(std::int32_t, void*), void*) noexcept { return 0; }
}  // namespace first

// The same names for other types.
namespace reordered {
std::int64_t f(std::int64_t, std::int32_t) noexcept { return 0; }
struct pair {
    std::int32_t b, a;
};
std::int64_t take(pair) noexcept { return 0; }
}  // namespace reordered

namespace retyped {
struct thing_else;
std::int64_t f(std::int32_t, std::uint64_t) noexcept { return 0; }
struct pair {
    std::int32_t a;
    std::uint32_t b;
};
std::int64_t take(pair) noexcept { return 0; }
std::int64_t take_object(thing_else*) noexcept { return 0; }
std::int64_t hook(void (*)(std::int64_t, void*), void*) noexcept { return 0; }
}  // namespace retyped

namespace with_another_result {
bool f(std::int32_t, std::int64_t) noexcept { return false; }
std::int64_t hook(std::int64_t (*)(std::int32_t, void*), void*) noexcept { return 0; }
}  // namespace with_another_result

namespace longer {
std::int64_t f(std::int32_t, std::int64_t, bool) noexcept { return 0; }
std::int64_t hook(void (*)(std::int32_t, void*), void*, void (*)(void*)) noexcept { return 0; }
std::int64_t take_object(const first::object*) noexcept { return 0; }
}  // namespace longer

namespace {

namespace listing = clib::ffi::listing;

/// A module by a function that makes its listing.
template <class Definition>
struct defined {
    static constexpr auto listing = Definition::define();
};

/// The description of a module with one function, or one and a type.
template <auto Function, class... Names>
const clib_function& described() {
    struct list {
        static constexpr auto define() {
            return listing::module("m", "1", listing::function<Function>("name", Names::value...));
        }
    };
    return clib::ffi::detail::module_info<defined<list>>::table.functions[0];
}

struct a {
    static constexpr auto value = "a";
};
struct b {
    static constexpr auto value = "b";
};
struct c {
    static constexpr auto value = "c";
};

template <class List>
const clib_function& first_function() {
    return clib::ffi::detail::module_info<defined<List>>::table.functions[0];
}

template <auto Function, class Pair>
struct takes_pair {
    static constexpr auto define() {
        return listing::module("m", "1",
                               listing::structure<Pair>("Pair")
                                   .template member<&Pair::a>("a")
                                   .template member<&Pair::b>("b"),
                               listing::function<Function>("take", "pair"));
    }
};
template <auto Function, class Pair>
struct takes_pair_the_other_way_round {
    static constexpr auto define() {
        return listing::module("m", "1",
                               listing::structure<Pair>("Pair")
                                   .template member<&Pair::b>("b")
                                   .template member<&Pair::a>("a"),
                               listing::function<Function>("take", "pair"));
    }
};
template <auto Function, class Object>
struct takes_object {
    static constexpr auto define() {
        return listing::module("m", "1", listing::type<Object>("Object"),
                               listing::function<Function>("take", "object"));
    }
};
struct documented {
    static constexpr auto define() {
        return listing::module("m", "1",
                               listing::function<&first::f>("name", "x", listing::parameter{"y", 7})
                                   .doc("Documented.")
                                   .may_block());
    }
};
struct with_another_name {
    static constexpr auto define() {
        return listing::module("m", "1", listing::function<&first::f>("other_name", "a", "b"));
    }
};

}  // namespace

TEST_CASE("a hash changes with the types, their order and the symbol") {
    const clib_function& function = described<&first::f, a, b>();
    CHECK(described<&reordered::f, a, b>().hash != function.hash);
    CHECK(described<&retyped::f, a, b>().hash != function.hash);
    CHECK(described<&with_another_result::f, a, b>().hash != function.hash);
    CHECK(described<&longer::f, a, b, c>().hash != function.hash);
    CHECK(first_function<with_another_name>().hash != function.hash);

    const clib_function& hook = described<&first::hook, a>();
    CHECK(described<&retyped::hook, a>().hash != hook.hash);
    CHECK(described<&with_another_result::hook, a>().hash != hook.hash);
    CHECK(described<&longer::hook, a>().hash != hook.hash);

    const std::uint64_t object =
        first_function<takes_object<&first::take_object, first::object>>().hash;
    CHECK(first_function<takes_object<&retyped::take_object, retyped::thing_else>>().hash !=
          object);
    CHECK(first_function<takes_object<&longer::take_object, first::object>>().hash != object);
}

TEST_CASE("a hash changes with the layout of a structure") {
    const std::uint64_t hash = first_function<takes_pair<&first::take, first::pair>>().hash;
    CHECK(first_function<takes_pair<&retyped::take, retyped::pair>>().hash != hash);
    CHECK(
        first_function<takes_pair_the_other_way_round<&reordered::take, reordered::pair>>().hash !=
        hash);
}

TEST_CASE("a hash does not change with names, docs, defaults or flags, but the checksum does") {
    const clib_function& function = described<&first::f, a, b>();
    const clib_function& other = first_function<documented>();
    CHECK(other.hash == function.hash);
    CHECK(other.checksum != function.checksum);
    CHECK(described<&first::f, a, c>().hash == function.hash);
    CHECK(described<&first::f, a, c>().checksum != function.checksum);
}
