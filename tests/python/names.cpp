// SPDX-License-Identifier: MIT
// A library whose names are those that something else has too: words of clib's listings as types,
// keywords and words of generated sources as parameters; and docs that are long or look like
// source.
#include <error.h>
#include <unistd.h>

#include <clib/ffi.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace ffi = clib::ffi;

struct module;
struct type;
struct function;
struct structure;
struct parameter;
struct address;
struct constant;

static constinit ffi::handle_table<std::string, module> module_table{"module"};
static constinit ffi::handle_table<std::string, type> type_table{"type"};
static constinit ffi::handle_table<std::string, function> function_table{"function"};
static constinit ffi::handle_table<std::string, structure> structure_table{"structure"};
static constinit ffi::handle_table<std::string, parameter> parameter_table{"parameter"};
static constinit ffi::handle_table<std::string, address> address_table{"address"};
static constinit ffi::handle_table<std::string, constant> constant_table{"constant"};

struct size {
    std::int32_t inner;
};
enum class digit { none };
class label {
public:
    int number() const noexcept { return number_; }
    void set_number(int number) noexcept { number_ = number; }

private:
    int number_ = 0;
};
struct volume {
    struct size size;
    std::int32_t restrict, _fields_, self;
};

#define TEN(text) text text text text text text text text text text

extern "C" {
CLIB_EXPORT module* names_module_new(const char* self, size_t size) noexcept {
    return ffi::call([&] { return module_table.emplace(ffi::bytes(self, size, "self")); });
}
CLIB_EXPORT int64_t names_module_same(module* self, module* other) noexcept {
    return ffi::call([&] { return *module_table.at(self) == *module_table.at(other) ? 1 : 0; });
}
CLIB_EXPORT ffi::status names_module_free(module* self) noexcept { return module_table.free(self); }
CLIB_EXPORT ffi::status names_type_free(type* self) noexcept { return type_table.free(self); }
CLIB_EXPORT ffi::status names_function_free(function* self) noexcept {
    return function_table.free(self);
}
CLIB_EXPORT ffi::status names_structure_free(structure* self) noexcept {
    return structure_table.free(self);
}
CLIB_EXPORT ffi::status names_parameter_free(parameter* self) noexcept {
    return parameter_table.free(self);
}
CLIB_EXPORT ffi::status names_address_free(address* self) noexcept {
    return address_table.free(self);
}

CLIB_EXPORT ffi::status names_constant_free(constant* self) noexcept {
    return constant_table.free(self);
}

CLIB_EXPORT int64_t names_sum(int64_t a, int64_t b, int64_t c) noexcept {
    return ffi::call([&] { return a + b + c; });
}
CLIB_EXPORT int64_t names_length(const char* a, size_t n, const char* b) noexcept {
    return ffi::call([&] { return ffi::bytes(a, n, "a").size() + std::string_view{b}.size(); });
}
CLIB_EXPORT int64_t names_zeros(char* a, size_t n, volume b) noexcept {
    return ffi::call([&] {
        std::fill_n(a, n, '\0');
        return static_cast<int64_t>(n) + b.size.inner;
    });
}
CLIB_EXPORT int64_t names_fail() noexcept {
    return ffi::call([]() -> int64_t { throw ffi::error{ffi::status{-1001}, "names_fail: mine"}; });
}
}

CLIB_MODULE(names, "1.0 */ \"\\", "A doc with */ and /* in it, \"\"\", a \\ at its end \\",
            structure<size>("size", "a line\n\n    and a second \"line\"").member<&size::inner>("inner"),
            structure<volume>("class").member<&volume::size>("size")
                .member<&volume::restrict>("restrict").member<&volume::_fields_>("lambda")
                .member<&volume::self>("self"),
            enumeration<digit>("SupportsIndex").value<digit::none>("none"),
            type<module>("Module", TEN(TEN(TEN(TEN("doc ")))))
                .constructor<&names_module_new>("self")
                .method<&names_module_same>("same", "module")
                .destructor<&names_module_free>(),
            type<label>("Label")
                .constructor<>()
                .property<&label::number, &label::set_number>("Module"),
            type<struct type>("None").destructor<&names_type_free>(),
            type<struct function>("Any").destructor<&names_function_free>(),
            type<struct structure>("Callable").destructor<&names_structure_free>(),
            type<::parameter>("Iterator").destructor<&names_parameter_free>(),
            type<::address>("array").destructor<&names_address_free>(),
            type<struct constant>("Iterable").destructor<&names_constant_free>(), constant<5>("FIVE"),
            function<&names_sum>("call", "_call", "_slow", "outcome")
                .doc(TEN(TEN(TEN(TEN("doc "))))),
            function<&names_sum>("result", "result", "self", "math"),
            function<&names_sum>("words", "class", "None", "__debug__"),
            function<&names_sum>("types", "int64_t", parameter{"int", 2}, parameter{"bool", 3}),
            function<&names_sum>("errors", "TypeError", "IndexError", "_failure"),
            function<&names_sum>("c", "int", "int_", "restrict"),
            function<&names_sum>("arguments", "argument_1", "argument_0", "_handle"),
            function<&names_length>("length", "type", "bytes"),
            function<&names_length>("len", "len", "str"),
            function<&names_zeros>("zeros", "bytearray", "_memory_a").doc("*/ \"\"\" ' \\u \\\n\t end\\"),
            function<&names_fail>("fail"));
