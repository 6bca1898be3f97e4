// SPDX-License-Identifier: MIT
// A value of one of several kinds: std::variant.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/composite.hpp>
#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <tuple>
#include <utility>
#include <variant>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace kinds {
/// Stands for a T, a std::variant, whose values are of the kinds Parts.
template <class T, class... Parts>
struct variant;
/// Stands for std::monostate.
struct nothing;
}  // namespace kinds

template <class T, class... Parts>
struct kind<kinds::variant<T, Parts...>>
    : detail::composite_kind<kinds::variant<T, Parts...>, CLIB_KIND_VARIANT, T, Parts...> {
    static_assert(((kind<Parts>::number != CLIB_KIND_VARIANT) && ...),
                  "a variant of variants has no name for each alternative: list the alternatives "
                  "of both in one std::variant");
};

/// In a variant, None.
template <>
struct kind<kinds::nothing> : basic_kind<CLIB_KIND_NONE> {};
template <>
struct detail::element<kinds::nothing, std::monostate> {
    static constexpr bool is_argument_native = true;
    static constexpr bool is_result_native = true;
    static void write(item_block& block, std::size_t place, std::monostate) {
        block.set_nothing(place);
    }
    static std::monostate read(const clib_item& item, const item_path& path) {
        path.require(item, CLIB_KIND_NONE);
        return {};
    }
    static python_object* to_python(std::monostate) noexcept { return new_reference(python.none); }
    static constexpr bool takes_more = false;
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        if (object != python.none) { return false; }
        use(std::monostate{});
        return true;
    }
};

template <class T, class... Parts>
struct detail::element<kinds::variant<T, Parts...>, T> {
    template <std::size_t I>
    using part =
        element<std::tuple_element_t<I, std::tuple<Parts...>>, std::variant_alternative_t<I, T>>;
    using all = std::index_sequence_for<Parts...>;

    using parts = part_list<part, all>;
    static constexpr bool is_argument_native = parts::are_arguments_native;
    static constexpr bool is_result_native = parts::are_results_native;
    static constexpr bool takes_more = parts::take_more;

    /// Returns: Whether use.template operator()<I>() was called for this alternative, and true.
    template <class Use>
    static bool at_alternative(std::size_t alternative, const Use& use) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return ((I == alternative && use.template operator()<I>()) || ...);
        }
        (all{});
    }

    template <class Value>
    static void write(item_block& block, std::size_t place, Value&& value) {
        at_alternative(value.index(), [&]<std::size_t I>() {
            part<I>::write(block, place, forward_part<Value>(*std::get_if<I>(&value)));
            block.set_alternative(place, I);
            return true;
        });
    }
    static T read(const clib_item& item, const item_path& path) {
        std::optional<T> value;
        if (!at_alternative(item.alternative, [&]<std::size_t I>() {
                value.emplace(std::in_place_index<I>, part<I>::read(item, path));
                return true;
            })) {
            fail(status::invalid,
                 {path.text().c_str(), " has the alternative ", item.alternative,
                  ", which there is not; pass one from 0 to ", sizeof...(Parts) - 1});
        }
        return std::move(*value);
    }

    template <class Value>
    static python_object* to_python(Value&& value) {
        python_object* object = nullptr;
        at_alternative(value.index(), [&]<std::size_t I>() {
            object = part<I>::to_python(forward_part<Value>(*std::get_if<I>(&value)));
            return true;
        });
        return object;
    }
    /// What an alternative takes as it is, comes before what another one converts.
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        return read_alternative<false>(object, use, all{}) ||
               (IsWide && read_alternative<true>(object, use, all{}));
    }

    static void release(const clib_item& item) noexcept requires(parts::release_handles) {
        at_alternative(item.alternative, [&]<std::size_t I>() {
            release_item<part<I>>(item);
            return true;
        });
    }

private:
    template <bool IsWide, class Use, std::size_t... I>
    static bool read_alternative(python_object* object, const Use& use, std::index_sequence<I...>) {
        return (part<I>::template from_python<IsWide>(
                    object,
                    [&](auto&& value) {
                        use(T(std::in_place_index<I>, std::forward<decltype(value)>(value)));
                    }) ||
                ...);
    }
};

template <class Catalogue>
struct cpp_parameter_match<Catalogue, std::monostate> {
    using type = kinds::nothing;
};
template <class Catalogue>
struct cpp_result_match<Catalogue, std::monostate> {
    using type = kinds::nothing;
};
template <class Catalogue, detail::part_type... T>
    requires(detail::part_kind<detail::part_parameter<Catalogue, T>>&&...)
struct cpp_parameter_match<Catalogue, std::variant<T...>> {
    using type = kinds::variant<std::variant<T...>, detail::part_parameter<Catalogue, T>...>;
};
template <class Catalogue, detail::part_type... T>
    requires(detail::part_kind<detail::part_result<Catalogue, T>>&&...)
struct cpp_result_match<Catalogue, std::variant<T...>> {
    using type = kinds::variant<std::variant<T...>, detail::part_result<Catalogue, T>...>;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
