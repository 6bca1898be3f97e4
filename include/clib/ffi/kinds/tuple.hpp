// SPDX-License-Identifier: MIT
// A value of each of several kinds: std::tuple and std::pair.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a T, a std::tuple or std::pair, whose values are of the kinds Parts.
template <class T, class... Parts>
struct tuple;
}  // namespace kinds

template <class T, class... Parts>
struct kind<kinds::tuple<T, Parts...>>
    : detail::composite_kind<kinds::tuple<T, Parts...>, CLIB_KIND_TUPLE, T, Parts...> {};

template <class T, class... Parts>
struct detail::element<kinds::tuple<T, Parts...>, T> {
    static constexpr std::size_t count = sizeof...(Parts);
    template <std::size_t I>
    using part = element<std::tuple_element_t<I, std::tuple<Parts...>>, std::tuple_element_t<I, T>>;
    using all = std::make_index_sequence<count>;

    using parts = part_list<part, all>;
    static constexpr bool is_argument_native = parts::are_arguments_native;
    static constexpr bool is_result_native = parts::are_results_native;
    static constexpr bool takes_more = parts::take_more;

    template <class Value>
    static void write(item_block& block, std::size_t place, Value&& tuple) {
        const std::size_t at = block.add_items(count);
        block.set_items(place, CLIB_KIND_TUPLE, at, count);
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (part<I>::write(block, at + I * sizeof(clib_item),
                            forward_part<Value>(std::get<I>(tuple))),
             ...);
        }
        (all{});
    }
    static T read(const clib_item& item, const item_path& path) {
        path.require(item, CLIB_KIND_TUPLE);
        path.require_count(item, count);
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return T{part<I>::read(item.value.items[I], item_path{path, I})...};
        }
        (all{});
    }

    template <class Value>
    static python_object* to_python(Value&& tuple) {
        owned_object made{python.PyTuple_New(static_cast<std::ptrdiff_t>(count))};
        if (made.get() == nullptr) { return nullptr; }
        const auto put = [&](std::ptrdiff_t place, python_object* object) {
            return object != nullptr && python.PyTuple_SetItem(made.get(), place, object) == 0;
        };
        const bool is_whole = [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (put(static_cast<std::ptrdiff_t>(I),
                        part<I>::to_python(forward_part<Value>(std::get<I>(tuple)))) &&
                    ...);
        }
        (all{});
        return is_whole ? made.release() : nullptr;
    }
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        if (!is_exactly(object, python.tuple_type) ||
            python.PyTuple_Size(object) != static_cast<std::ptrdiff_t>(count)) {
            return false;
        }
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            std::tuple<std::optional<std::tuple_element_t<I, T>>...> values;
            if (!(part<I>::template from_python<IsWide>(
                      python.PyTuple_GetItem(object, static_cast<std::ptrdiff_t>(I)),
                      [&](auto&& value) {
                          std::get<I>(values).emplace(std::forward<decltype(value)>(value));
                      }) &&
                  ...)) {
                return false;
            }
            use(T{std::move(*std::get<I>(values))...});
            return true;
        }
        (all{});
    }

    static void release(const clib_item& item) noexcept requires(parts::release_handles) {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (release_item<part<I>>(item.value.items[I]), ...);
        }
        (all{});
    }
};

template <class Catalogue, detail::part_type... T>
    requires(detail::part_kind<detail::part_parameter<Catalogue, T>>&&...)
struct cpp_parameter_match<Catalogue, std::tuple<T...>> {
    using type = kinds::tuple<std::tuple<T...>, detail::part_parameter<Catalogue, T>...>;
};
template <class Catalogue, detail::part_type... T>
    requires(detail::part_kind<detail::part_result<Catalogue, T>>&&...)
struct cpp_result_match<Catalogue, std::tuple<T...>> {
    using type = kinds::tuple<std::tuple<T...>, detail::part_result<Catalogue, T>...>;
};
template <class Catalogue, detail::part_type First, detail::part_type Second>
    requires(detail::part_kind<detail::part_parameter<Catalogue, First>>&&
                 detail::part_kind<detail::part_parameter<Catalogue, Second>>)
struct cpp_parameter_match<Catalogue, std::pair<First, Second>> {
    using type = kinds::tuple<std::pair<First, Second>, detail::part_parameter<Catalogue, First>,
                              detail::part_parameter<Catalogue, Second>>;
};
template <class Catalogue, detail::part_type First, detail::part_type Second>
    requires(detail::part_kind<detail::part_result<Catalogue, First>>&&
                 detail::part_kind<detail::part_result<Catalogue, Second>>)
struct cpp_result_match<Catalogue, std::pair<First, Second>> {
    using type = kinds::tuple<std::pair<First, Second>, detail::part_result<Catalogue, First>,
                              detail::part_result<Catalogue, Second>>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
