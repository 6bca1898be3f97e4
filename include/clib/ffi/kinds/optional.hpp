// SPDX-License-Identifier: MIT
// A value, or none: std::optional.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <optional>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a std::optional<T> whose value is of the kind Part.
template <class T, class Part>
struct optional;
}  // namespace kinds

template <class T, class Part>
struct kind<kinds::optional<T, Part>>
    : detail::composite_kind<kinds::optional<T, Part>, CLIB_KIND_OPTIONAL, std::optional<T>, Part> {
    static constexpr bool accepts(const default_value& value) {
        return value.what == default_value::type::null;
    }
    /// NULL is nothing, too.
    static std::optional<T> from_c(const clib_item* item, const char* parameter) {
        using composite = detail::composite_kind<kinds::optional<T, Part>, CLIB_KIND_OPTIONAL,
                                                 std::optional<T>, Part>;
        return item != nullptr ? composite::from_c(item, parameter) : std::nullopt;
    }
};

template <class T, class Part>
struct detail::element<kinds::optional<T, Part>, std::optional<T>> {
    using part = element<Part, T>;
    static constexpr bool is_argument_native = part::is_argument_native;
    static constexpr bool is_result_native = part::is_result_native;
    static constexpr bool takes_more = part::takes_more;

    template <class Value>
    static void write(item_block& block, std::size_t place, Value&& value) {
        if (value.has_value()) {
            part::write(block, place, forward_part<Value>(*value));
        } else {
            block.set_nothing(place);
        }
    }
    static std::optional<T> read(const clib_item& item, const item_path& path) {
        if (item.kind == CLIB_KIND_NONE) { return std::nullopt; }
        return part::read(item, path);
    }

    template <class Value>
    static python_object* to_python(Value&& value) {
        return value.has_value() ? part::to_python(forward_part<Value>(*value))
                                 : new_reference(python.none);
    }
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        if (object == python.none) {
            use(std::optional<T>{});
            return true;
        }
        return part::template from_python<IsWide>(object, [&](auto&& value) {
            use(std::optional<T>{std::forward<decltype(value)>(value)});
        });
    }

    static void release(const clib_item& item) noexcept requires(releases_handles<part>) {
        if (item.kind != CLIB_KIND_NONE) { part::release(item); }
    }
};

template <class Catalogue, detail::part_type T>
    requires(detail::part_kind<detail::part_parameter<Catalogue, T>>)
struct cpp_parameter_match<Catalogue, std::optional<T>> {
    using type = kinds::optional<T, detail::part_parameter<Catalogue, T>>;
};
template <class Catalogue, detail::part_type T>
    requires(detail::part_kind<detail::part_result<Catalogue, T>>)
struct cpp_result_match<Catalogue, std::optional<T>> {
    using type = kinds::optional<T, detail::part_result<Catalogue, T>>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
