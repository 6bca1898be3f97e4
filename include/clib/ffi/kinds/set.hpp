// SPDX-License-Identifier: MIT
// Values that are there once each: std::set, std::unordered_set, and what is like them.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/kind.hpp>

#include <concepts>
#include <cstddef>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {
/// A container without two equal keys.
template <class T>
concept set_like = part_type<typename T::key_type> &&
    std::same_as<typename T::key_type, typename T::value_type> &&
    requires(T& set, typename T::key_type&& key) {
    set.insert(std::move(key)).second;
    set.size();
};
}  // namespace detail

namespace kinds {
/// Stands for a T whose values are of the kind Part.
template <class T, class Part>
struct set;
}  // namespace kinds

template <class T, class Part>
struct kind<kinds::set<T, Part>>
    : detail::composite_kind<kinds::set<T, Part>, CLIB_KIND_SET, T, Part> {};

template <class T, class Part>
struct detail::element<kinds::set<T, Part>, T> {
    using part = element<Part, typename T::key_type>;
    static constexpr bool is_argument_native = part::is_argument_native;
    static constexpr bool is_result_native = part::is_result_native;
    static constexpr bool takes_more = part::takes_more;

    template <class Value>
    static void write(item_block& block, std::size_t place, Value&& set) {
        std::size_t at = block.add_items(set.size());
        block.set_items(place, CLIB_KIND_SET, at, set.size());
        for (const auto& value : set) {
            part::write(block, at, value);
            at += sizeof(clib_item);
        }
    }
    static T read(const clib_item& item, const item_path& path) {
        path.require(item, CLIB_KIND_SET);
        T set{};
        for (std::size_t i = 0; i < item.count; ++i) {
            set.insert(part::read(item.value.items[i], item_path{path, i}));
        }
        return set;
    }

    template <class Value>
    static python_object* to_python(Value&& set) {
        owned_object made{python.PySet_New(nullptr)};
        if (made.get() == nullptr) { return nullptr; }
        for (const auto& value : set) {
            const owned_object object{part::to_python(value)};
            if (object.get() == nullptr || python.PySet_Add(made.get(), object.get()) != 0) {
                return nullptr;
            }
        }
        return made.release();
    }
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        if (!is_exactly(object, python.set_type) && !is_exactly(object, python.frozenset_type)) {
            return false;
        }
        T set{};
        const owned_object iterator{python.PyObject_GetIter(object)};
        while (iterator.get() != nullptr) {
            const owned_object each{python.PyIter_Next(iterator.get())};
            if (each.get() == nullptr) { break; }
            const auto insert = [&](auto&& value) {
                set.insert(std::forward<decltype(value)>(value));
            };
            if (!part::template from_python<IsWide>(each.get(), insert)) { return false; }
        }
        if (python.PyErr_Occurred() != nullptr) {
            python.PyErr_Clear();
            return false;
        }
        use(std::move(set));
        return true;
    }

    static void release(const clib_item& item) noexcept requires(releases_handles<part>) {
        for (std::size_t i = 0; i < item.count; ++i) { part::release(item.value.items[i]); }
    }
};

template <class Catalogue, detail::set_like T>
    requires(!has_kind<T> &&
             detail::part_kind<detail::part_parameter<Catalogue, typename T::key_type>>)
struct cpp_parameter_match<Catalogue, T> {
    using type = kinds::set<T, detail::part_parameter<Catalogue, typename T::key_type>>;
};
template <class Catalogue, detail::set_like T>
    requires(!has_kind<T> &&
             detail::part_kind<detail::part_result<Catalogue, typename T::key_type>>)
struct cpp_result_match<Catalogue, T> {
    using type = kinds::set<T, detail::part_result<Catalogue, typename T::key_type>>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
