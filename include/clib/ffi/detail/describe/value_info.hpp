// SPDX-License-Identifier: MIT
// The record of a value, made of its kind at compile time, and what of it counts for the checksum
// of a description and for the hash of a signature.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/catalogue.hpp>
#include <clib/ffi/detail/describe/checksum.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/kinds.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The record of a value of kind<K>, as far as its type tells. The caller adds what the listing
/// says.
template <class Module, class K>
constexpr clib_value make_value(const char* name);

/// Adds all of a value but its type, which the hash of its signature covers.
constexpr void add_value(crc32& sum, const clib_value& value) {
    sum.number(value.kind).number(value.element).number(value.flags).text(value.name);
    sum.number(value.offset);
    // Not compared with NULL: with -fsanitize=undefined, g++ 12 takes that for no constant.
    if ((value.flags & (CLIB_VALUE_DEFAULT | CLIB_VALUE_NULLABLE)) == CLIB_VALUE_DEFAULT) {
        const bool is_text = value.kind == CLIB_KIND_TEXT || value.kind == CLIB_KIND_BYTES ||
                             value.kind == CLIB_KIND_PATH;
        sum.number(static_cast<std::uint64_t>(value.default_value->integer));
        sum.number(std::bit_cast<std::uint64_t>(value.default_value->number));
        sum.text(is_text ? value.default_value->text : "");
    }
    if (value.part_count > 0) {
        sum.number(value.count).number(value.part_count);
        for (std::size_t i = 0; i < value.part_count; ++i) { add_value(sum, value.parts[i]); }
    }
}

/// Returns: What a reader computes of the constant parts of a function, but for the docs of its
/// parameters.
constexpr crc32 sum_of(const clib_function& function) {
    crc32 sum;
    sum.number(function.role).number(function.flags).number(function.hash);
    sum.text(function.symbol).text(function.name).text(function.doc);
    add_value(sum, *function.result);
    sum.number(function.parameter_count);
    for (std::size_t i = 0; i < function.parameter_count; ++i) {
        add_value(sum, function.parameters[i]);
    }
    return sum;
}

/// The signature of a callback.
template <class Module, class Callback>
struct callback_info {
    using signature = callback_signature<typename catalogue<Module>::classes, Callback>;

    template <class... K>
    static constexpr auto values(type_list<K...>) {
        return std::array<clib_value, sizeof...(K) + 1>{make_value<Module, K>("")...};
    }
    static constexpr auto parameters = values(typename signature::parameters{});
    static constexpr clib_value result = make_value<Module, typename signature::result>("");
    static constexpr clib_function function = [] {
        clib_function info{};
        info.size = sizeof(clib_function);
        info.role = CLIB_ROLE_FUNCTION;
        info.symbol = info.name = info.doc = "";
        info.result = &result;
        info.parameters = parameters.data();
        info.parameter_count = parameters.size() - 1;
        info.checksum = sum_of(info).value();
        return info;
    }();
};

/// The values that a value holds. Its list has one more, because there may be none.
template <class Module, class Parts>
struct part_table;
template <class Module, class... K>
struct part_table<Module, type_list<K...>> {
    static constexpr std::array<clib_value, sizeof...(K) + 1> parts{make_value<Module, K>("")...};
};

template <class Module, class K>
constexpr clib_value make_value(const char* name) {
    clib_value value{};
    value.size = sizeof(clib_value);
    value.kind = kind<K>::number;
    value.element = kind<K>::element;
    value.flags = kind<K>::flags;
    value.name = name;
    using class_type = typename kind<K>::class_type;
    if constexpr (!std::is_void_v<class_type>) {
        constexpr std::size_t index = catalogue<Module>::classes::template index_of<class_type>;
        value.type = &type_table<Module>::types[index];
    }
    if constexpr (!std::is_void_v<typename kind<K>::callback_type>) {
        value.callback = &callback_info<Module, typename kind<K>::callback_type>::function;
    }
    using parts = typename kind<K>::parts;
    if constexpr (parts::size > 0) {
        value.parts = part_table<Module, parts>::parts.data();
        value.part_count = parts::size;
        value.count = kind<K>::count;
    }
    return value;
}

/// A value without a name, which the results of one kind share.
template <class Module, class K>
inline constexpr clib_value result_value = make_value<Module, K>("");

/// The hash of a structure's layout; 0 for a handle.
template <class Module, class T>
struct layout_hash;

template <class Module, class... K>
constexpr void add_signatures(fnv1a& sum, type_list<K...>);

/// Hashes everything that is part of the signature.
template <class Module, class K>
constexpr void add_signature(fnv1a& sum) {
    sum.number(kind<K>::number).number(kind<K>::element).number(kind<K>::flags & CLIB_VALUE_CONST);
    using class_type = typename kind<K>::class_type;
    if constexpr (!std::is_void_v<class_type>) {
        sum.text(type_symbol<class_type>.data()).number(layout_hash<Module, class_type>::value);
    }
    using callback_type = typename kind<K>::callback_type;
    if constexpr (!std::is_void_v<callback_type>) {
        using signature = typename callback_info<Module, callback_type>::signature;
        add_signature<Module, typename signature::result>(sum);
        add_signatures<Module>(sum, typename signature::parameters{});
    }
    if constexpr (kind<K>::parts::size > 0) {
        sum.number(kind<K>::count);
        add_signatures<Module>(sum, typename kind<K>::parts{});
    }
}
template <class Module, class... K>
constexpr void add_signatures(fnv1a& sum, type_list<K...>) {
    sum.number(sizeof...(K));
    (add_signature<Module, K>(sum), ...);
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
