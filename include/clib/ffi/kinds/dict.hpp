// SPDX-License-Identifier: MIT
// Values by keys: std::map, std::unordered_map, and what is like them.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <optional>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {
/// A container with a value for each key.
template <class T>
concept dict_like = part_type<typename T::key_type> && part_type<typename T::mapped_type> &&
    requires(T& dict, typename T::key_type&& key, typename T::mapped_type&& value) {
    dict.insert_or_assign(std::move(key), std::move(value));
    dict.size();
};
}  // namespace detail

namespace kinds {
/// Stands for a T whose keys and values are of these kinds.
template <class T, class Key, class Value>
struct dict;
}  // namespace kinds

template <class T, class Key, class Value>
struct kind<kinds::dict<T, Key, Value>>
    : detail::composite_kind<kinds::dict<T, Key, Value>, CLIB_KIND_DICT, T, Key, Value> {};

template <class T, class Key, class Value>
struct detail::element<kinds::dict<T, Key, Value>, T> {
    using key_part = element<Key, typename T::key_type>;
    using value_part = element<Value, typename T::mapped_type>;
    static constexpr bool is_argument_native =
        key_part::is_argument_native && value_part::is_argument_native;
    static constexpr bool is_result_native =
        key_part::is_result_native && value_part::is_result_native;
    static constexpr bool takes_more = key_part::takes_more || value_part::takes_more;

    template <class Dict>
    static void write(item_block& block, std::size_t place, Dict&& dict) {
        const std::size_t count = 2 * dict.size();
        std::size_t at = block.add_items(count);
        block.set_items(place, CLIB_KIND_DICT, at, count);
        for (auto& [key, value] : dict) {
            key_part::write(block, at, key);
            value_part::write(block, at + sizeof(clib_item), forward_part<Dict>(value));
            at += 2 * sizeof(clib_item);
        }
    }
    static T read(const clib_item& item, const item_path& path) {
        path.require(item, CLIB_KIND_DICT);
        T dict{};
        for (std::size_t i = 0; i + 1 < item.count; i += 2) {
            const item_path at{path, i / 2};
            auto key = key_part::read(item.value.items[i], at);
            dict.insert_or_assign(std::move(key), value_part::read(item.value.items[i + 1], at));
        }
        return dict;
    }

    template <class Dict>
    static python_object* to_python(Dict&& dict) {
        owned_object made{python.PyDict_New()};
        if (made.get() == nullptr) { return nullptr; }
        for (auto& [key, value] : dict) {
            const owned_object key_object{key_part::to_python(key)};
            if (key_object.get() == nullptr) { return nullptr; }
            const owned_object object{value_part::to_python(forward_part<Dict>(value))};
            if (object.get() == nullptr ||
                python.PyDict_SetItem(made.get(), key_object.get(), object.get()) != 0) {
                return nullptr;
            }
        }
        return made.release();
    }
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        if (!is_exactly(object, python.dict_type)) { return false; }
        T dict{};
        std::ptrdiff_t place = 0;
        python_object* key = nullptr;
        python_object* value = nullptr;
        while (python.PyDict_Next(object, &place, &key, &value) != 0) {
            std::optional<typename T::key_type> cpp_key;
            const auto take = [&](auto&& each) {
                cpp_key.emplace(std::forward<decltype(each)>(each));
            };
            const auto insert = [&](auto&& each) {
                dict.insert_or_assign(std::move(*cpp_key), std::forward<decltype(each)>(each));
            };
            if (!key_part::template from_python<IsWide>(key, take) ||
                !value_part::template from_python<IsWide>(value, insert)) {
                return false;
            }
        }
        use(std::move(dict));
        return true;
    }

    static void release(const clib_item& item) noexcept
        requires(releases_handles<key_part> || releases_handles<value_part>) {
        for (std::size_t i = 0; i + 1 < item.count; i += 2) {
            release_item<key_part>(item.value.items[i]);
            release_item<value_part>(item.value.items[i + 1]);
        }
    }
};

template <class Catalogue, detail::dict_like T>
    requires(!has_kind<T> &&
             detail::part_kind<detail::part_parameter<Catalogue, typename T::key_type>> &&
             detail::part_kind<detail::part_parameter<Catalogue, typename T::mapped_type>>)
struct cpp_parameter_match<Catalogue, T> {
    using type = kinds::dict<T, detail::part_parameter<Catalogue, typename T::key_type>,
                             detail::part_parameter<Catalogue, typename T::mapped_type>>;
};
template <class Catalogue, detail::dict_like T>
    requires(!has_kind<T> &&
             detail::part_kind<detail::part_result<Catalogue, typename T::key_type>> &&
             detail::part_kind<detail::part_result<Catalogue, typename T::mapped_type>>)
struct cpp_result_match<Catalogue, T> {
    using type = kinds::dict<T, detail::part_result<Catalogue, typename T::key_type>,
                             detail::part_result<Catalogue, typename T::mapped_type>>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
