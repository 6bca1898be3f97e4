// SPDX-License-Identifier: MIT
// Values in a row: std::vector, std::deque, std::list, std::array, and what is like them.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/kind.hpp>

#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// std::array, without its header.
template <class T>
concept array_like = requires(T& list) {
    typename T::value_type;
    std::tuple_size<T>::value;
    { list[0] } -> std::same_as<typename T::value_type&>;
};
template <class T>
concept growing_list =
    part_type<typename T::value_type> && !std::convertible_to<const T&, std::string_view> &&
    requires(T & list, typename T::value_type&& value) {
    list.push_back(std::move(value));
    list.begin();
    list.size();
};
template <class T>
concept list_like = array_like<T> || growing_list<T>;

/// Whether a T is made with its values, which are set then: that costs less than to add each.
template <class T>
concept made_whole = array_like<T> ||
    (std::is_arithmetic_v<typename T::value_type>&& requires(T list) {
        { list.data() } -> std::same_as<typename T::value_type*>;
        list.resize(list.size());
    });

template <class T>
inline constexpr std::size_t fixed_count = 0;
template <array_like T>
inline constexpr std::size_t fixed_count<T> = std::tuple_size_v<T>;

}  // namespace detail

namespace kinds {
/// Stands for a T whose values are of the kind Part.
template <class T, class Part>
struct list;
}  // namespace kinds

template <class T, class Part>
struct kind<kinds::list<T, Part>>
    : detail::composite_kind<kinds::list<T, Part>, CLIB_KIND_LIST, T, Part> {
    static constexpr std::size_t count = detail::fixed_count<T>;
};

template <class T, class Part>
struct detail::element<kinds::list<T, Part>, T> {
    using value_type = typename T::value_type;
    using part = element<Part, value_type>;
    static constexpr bool is_fixed = array_like<T>;
    static constexpr bool is_argument_native = part::is_argument_native;
    static constexpr bool is_result_native = part::is_result_native;
    static constexpr bool takes_more = part::takes_more;

    template <class Value>
    static void write(item_block& block, std::size_t place, Value&& list) {
        const std::size_t count = list.size();
        std::size_t at = block.add_items(count);
        block.set_items(place, CLIB_KIND_LIST, at, count);
        for (auto&& value : list) {
            part::write(block, at, forward_part<Value>(value));
            at += sizeof(clib_item);
        }
    }
    static T read(const clib_item& item, const item_path& path) {
        path.require(item, CLIB_KIND_LIST);
        if constexpr (is_fixed) { path.require_count(item, fixed_count<T>); }
        T list = empty(item.count);
        for (std::size_t i = 0; i < item.count; ++i) {
            add(list, i, part::read(item.value.items[i], item_path{path, i}));
        }
        return list;
    }

    template <class Value>
    static python_object* to_python(Value&& list) {
        owned_object made{python.PyList_New(static_cast<std::ptrdiff_t>(list.size()))};
        std::ptrdiff_t i = 0;
        if (made.get() == nullptr) { return nullptr; }
        for (auto&& value : list) {
            python_object* const object = part::to_python(forward_part<Value>(value));
            if (object == nullptr) { return nullptr; }
            python.PyList_SetItem(made.get(), i++, object);
        }
        return made.release();
    }
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        const bool is_list = is_exactly(object, python.list_type);
        if (!is_list && !is_exactly(object, python.tuple_type)) { return false; }
        const std::ptrdiff_t count =
            is_list ? python.PyList_Size(object) : python.PyTuple_Size(object);
        if (is_fixed && count != static_cast<std::ptrdiff_t>(fixed_count<T>)) { return false; }
        T list = empty(static_cast<std::size_t>(count));
        const auto item_of = is_list ? python.PyList_GetItem : python.PyTuple_GetItem;
        for (std::ptrdiff_t i = 0; i < count; ++i) {
            python_object* const each = item_of(object, i);
            const auto add_it = [&](auto&& value) {
                add(list, static_cast<std::size_t>(i), std::forward<decltype(value)>(value));
            };
            if (!part::template from_python<IsWide>(each, add_it)) { return false; }
        }
        use(std::move(list));
        return true;
    }

    static void release(const clib_item& item) noexcept requires(releases_handles<part>) {
        for (std::size_t i = 0; i < item.count; ++i) { part::release(item.value.items[i]); }
    }

private:
    static T empty([[maybe_unused]] std::size_t count) {
        T list{};
        if constexpr (made_whole<T> && !is_fixed) {
            list.resize(count);
        } else if constexpr (requires { list.reserve(count); }) {
            list.reserve(count);
        }
        return list;
    }
    template <class Value>
    static void add(T& list, [[maybe_unused]] std::size_t place, Value&& value) {
        if constexpr (made_whole<T>) {
            list[place] = std::forward<Value>(value);
        } else {
            list.push_back(std::forward<Value>(value));
        }
    }
};

template <class Catalogue, detail::list_like T>
    requires(!has_kind<T> &&
             detail::part_kind<detail::part_parameter<Catalogue, typename T::value_type>>)
struct cpp_parameter_match<Catalogue, T> {
    using type = kinds::list<T, detail::part_parameter<Catalogue, typename T::value_type>>;
};
template <class Catalogue, detail::list_like T>
    requires(!has_kind<T> &&
             detail::part_kind<detail::part_result<Catalogue, typename T::value_type>>)
struct cpp_result_match<Catalogue, T> {
    using type = kinds::list<T, detail::part_result<Catalogue, typename T::value_type>>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
