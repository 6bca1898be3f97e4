// SPDX-License-Identifier: MIT
// What the kinds of values that hold others have in common. In C each is a const clib_item*; a
// native call passes the value itself, and makes no items.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/argument.hpp>
#include <clib/ffi/detail/binding_call.hpp>
#include <clib/ffi/detail/element.hpp>
#include <clib/ffi/detail/item.hpp>
#include <clib/ffi/kind.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The kind of an item that is a C++ value, whose address is its handle. No binding passes one.
inline constexpr std::uint32_t native_value = 0xFFFFFFFF;

/// Takes the result of a native call.
template <class T>
class value_receiver final : public text_receiver {
public:
    void receive(std::string_view) override {}
    template <class Value>
    void emplace(Value&& value) {
        value_.emplace(std::forward<Value>(value));
    }
    T& value() noexcept { return *value_; }

private:
    std::optional<T> value_;
};

/// What the elements Part<I> of a value have in common.
template <template <std::size_t> class Part, class Indexes>
struct part_list;
template <template <std::size_t> class Part, std::size_t... I>
struct part_list<Part, std::index_sequence<I...>> {
    static constexpr bool are_arguments_native = (Part<I>::is_argument_native && ...);
    static constexpr bool are_results_native = (Part<I>::is_result_native && ...);
    static constexpr bool take_more = (Part<I>::takes_more || ...);
    static constexpr bool release_handles = (releases_handles<Part<I>> || ...);
};

/// For kind<Self>, whose values have the type T and hold values of the kinds Parts. The
/// element<Self, T> says how.
template <class Self, std::uint32_t Number, class T, class... Parts>
struct composite_kind : basic_kind<Number, const clib_item*> {
    using parts = type_list<Parts...>;
    using value_type = T;
    using c_result = const clib_item*;
    static constexpr bool is_result = true;
    static constexpr result_form form = result_form::items;
    static constexpr bool converts_to_python = element<Self, T>::is_result_native;

    static T from_c(const clib_item* item, const char* parameter) {
        if (non_null(item, parameter)->kind == native_value) {
            return std::move(*static_cast<T*>(item->value.handle));
        }
        return element<Self, T>::read(*item, item_path{parameter});
    }

    template <class Value>
    static std::string to_body(Value&& value) {
        item_block block;
        element<Self, T>::write(block, 0, std::forward<Value>(value));
        return std::move(block).finish();
    }

    /// clib_outcome::release
    static void release(void* owner) noexcept requires(releases_handles<element<Self, T>>) {
        auto* const block = static_cast<std::string*>(owner);
        element<Self, T>::release(*reinterpret_cast<const clib_item*>(block->data()));
        delete block;
    }

    template <bool IsWide>
    class basic_argument {
    public:
        static constexpr bool is_native = element<Self, T>::is_argument_native;
        bool read(python_object* object) noexcept {
            try {
                return element<Self, T>::template from_python<IsWide>(
                    object, [&](T&& value) { value_.emplace(std::move(value)); });
            } catch (...) { return false; }  // the package finds out, and says, what is wrong
        }
        /// There is one default, None of an optional.
        bool read_default(const clib_value&) noexcept { return read(python.none); }
        std::tuple<const clib_item*> c_values() noexcept {
            item_ = {native_value, 0, {.handle = &*value_}, 0};
            return {&item_};
        }

    private:
        std::optional<T> value_;
        clib_item item_{};
    };
    using argument = basic_argument<false>;
    using wide_argument = basic_argument<true>;
    static constexpr bool takes_more = element<Self, T>::takes_more;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
