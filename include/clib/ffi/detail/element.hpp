// SPDX-License-Identifier: MIT
// A value that is part of another one: as an item (describe.h), and as a Python object.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/item.hpp>
#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/object_pointer.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/kinds/object.hpp>
#include <clib/ffi/kinds/text.hpp>

#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A Python object that this owns, or none.
class owned_object {
public:
    explicit owned_object(python_object* object) noexcept : object_{object} {}
    ~owned_object() {
        if (object_ != nullptr) { python.Py_DecRef(object_); }
    }
    owned_object(const owned_object&) = delete;
    owned_object& operator=(const owned_object&) = delete;
    python_object* get() const noexcept { return object_; }
    python_object* release() noexcept { return std::exchange(object_, nullptr); }

private:
    python_object* object_;
};

/// The part of a container that is passed on: moved out of one that nobody else has.
template <class Container, class Part>
constexpr decltype(auto) forward_part(Part& part) noexcept {
    if constexpr (std::is_lvalue_reference_v<Container> || std::is_const_v<Part>) {
        return static_cast<Part&>(part);
    } else {
        return static_cast<Part&&>(part);
    }
}

/// A value of type T that travels as kind<K> does. A kind of values that hold others specialises
/// this. (Kinds of an author's own need not: this one does with their from_c() and to_body().)
template <class K, class T>
struct element {
    static constexpr result_form form = kind<K>::form;
    static constexpr bool is_argument_native = kind<K>::argument::is_native;
    static constexpr bool is_result_native = kind<K>::converts_to_python;
    static constexpr bool takes_more = has_wide_argument<K>;

    /// Effects: Makes an item of the value. An object is a new one, behind a handle.
    template <class Value>
    static void write(item_block& block, std::size_t place, Value&& value) {
        if constexpr (kind<K>::is_handle) {
            auto* const handle = new_handle(std::forward<Value>(value));
            if (handle != nullptr) {
                block.set_handle(place, handle);
            } else {
                block.set_nothing(place);
            }
        } else if constexpr (form == result_form::text || form == result_form::bytes) {
            block.set_text(place, kind<K>::number, text_of(value));
        } else {
            const auto body = body_of(std::forward<Value>(value));
            if constexpr (std::is_class_v<decltype(body)>) {
                block.set_text(place, kind<K>::number,
                               {reinterpret_cast<const char*>(&body), sizeof body});
            } else {
                // NOLINTNEXTLINE(readability-suspicious-call-argument): the number of the kind
                block.set_number(place, kind<K>::number, body);
            }
        }
    }

    /// Returns: The value of an item. Throws: error, if it is of another kind.
    static T read(const clib_item& item, const item_path& path) {
        if constexpr (kind<K>::is_nullable) {
            if (item.kind == CLIB_KIND_NONE) { return T{}; }
        }
        path.require(item, kind<K>::number);
        return read_as(item, path, typename kind<K>::c_form{});
    }

    /// Returns: A new reference, or NULL with a Python exception set.
    template <class Value>
    static python_object* to_python(Value&& value) {
        if constexpr (kind<K>::is_handle) {
            auto* const handle = new_handle(std::forward<Value>(value));
            python_object* const object = kind<K>::to_python(handle);
            if (object == nullptr) { destroy_object(handle); }
            return object;
        } else if constexpr (form == result_form::text) {
            python_object* const text = text_to_python(text_of(value));
            if constexpr (requires { kind<K>::text_to_python(text); }) {
                return kind<K>::text_to_python(text);
            } else {
                return text;
            }
        } else if constexpr (form == result_form::bytes) {
            return bytes_to_python(text_of(value));
        } else {
            return kind<K>::to_python(body_of(std::forward<Value>(value)));
        }
    }

    /// Effects: use(value), if the object is of the usual type and in range. IsWide: also if it is
    /// of another one that can be converted here.
    /// Returns: Whether it is.
    template <bool IsWide = false, class Use>
    static bool from_python(python_object* object, const Use& use) {
        std::conditional_t<IsWide, wide_argument_of<K>, typename kind<K>::argument> argument;
        if (!argument.read(object)) { return false; }
        use(std::apply([](auto... values) { return value_of(kind<K>::from_c(values..., "")); },
                       argument.c_values()));
        return true;
    }

    /// Effects: Frees the object behind a handle that nobody has taken.
    static void release(const clib_item& item) noexcept requires(kind<K>::is_handle) {
        if (item.kind == CLIB_KIND_HANDLE) {
            destroy_object(static_cast<typename kind<K>::class_type*>(item.value.handle));
        }
    }

private:
    template <class Value>
    static decltype(auto) body_of(Value&& value) {
        if constexpr (requires { kind<K>::to_body(std::forward<Value>(value)); }) {
            return kind<K>::to_body(std::forward<Value>(value));
        } else {
            return static_cast<typename kind<K>::c_result>(value);
        }
    }
    static auto text_of(const T& value) {
        if constexpr (std::convertible_to<const T&, std::string_view>) {
            return std::string_view{value};
        } else {
            return kind<K>::to_body(value);
        }
    }
    template <class Value>
    static auto* new_handle(Value&& value) {
        using object = typename kind<K>::class_type;
        if constexpr (std::is_same_v<T, object>) {
            return class_table<object>.emplace(std::forward<Value>(value));
        } else if constexpr (std::is_same_v<T, std::unique_ptr<object>>) {
            return handle_of_unique(std::forward<Value>(value), typename kind<K>::derived{});
        } else {
            return handle_of_shared(as_shared<object>(std::forward<Value>(value)),
                                    typename kind<K>::derived{});
        }
    }
    static void destroy_object(typename kind<K>::class_type* handle) noexcept
        requires(kind<K>::is_handle) {
        destroy<typename kind<K>::class_type, typename kind<K>::derived>(handle);
    }
    template <class Value>
    static T value_of(Value&& value) {
        if constexpr (is_held_object<std::remove_cvref_t<Value>>) {
            static_assert(std::is_copy_constructible_v<T>,
                          "objects in a container are copied, and this class cannot be: pass one "
                          "object, or a container of std::shared_ptr");
            return T(*value);
        } else {
            return static_cast<T>(std::forward<Value>(value));
        }
    }

    template <class Number>
    static T read_as(const clib_item& item, const item_path& path, type_list<Number>) {
        if constexpr (std::is_class_v<Number>) {
            path.require_count(item, sizeof(Number));
            Number number;
            std::memcpy(&number, item.value.structure, sizeof number);
            return value_of(kind<K>::from_c(number, path.parameter()));
        } else if constexpr (std::floating_point<Number>) {
            return value_of(
                kind<K>::from_c(static_cast<Number>(item.value.number), path.parameter()));
        } else {
            return value_of(
                kind<K>::from_c(static_cast<Number>(item.value.integer), path.parameter()));
        }
    }
    template <class Object>
    static T read_as(const clib_item& item, const item_path& path, type_list<Object*>) {
        if constexpr (kind<K>::is_handle) {
            return value_of(
                kind<K>::from_c(static_cast<Object*>(item.value.handle), path.text().c_str()));
        } else {
            return value_of(kind<K>::from_c(item.value.text, path.parameter()));
        }
    }
    static T read_as(const clib_item& item, const item_path& path,
                     type_list<const char*, std::size_t>) {
        return value_of(kind<K>::from_c(item.value.text, static_cast<std::size_t>(item.count),
                                        path.parameter()));
    }
};

/// Whether objects are among what an element is made of, which a block does not own.
template <class Element>
concept releases_handles = requires(const clib_item& item) {
    Element::release(item);
};

template <class Element>
void release_item(const clib_item& item) noexcept {
    if constexpr (releases_handles<Element>) { Element::release(item); }
}

/// The kind that a part of type T travels as, in either direction.
template <class Catalogue, class T>
using part_parameter = typename cpp_parameter_match<
    Catalogue, std::conditional_t<Catalogue::template is_class<T>, const T, T>>::type;
template <class Catalogue, class T>
using part_result = typename cpp_result_match<Catalogue, T>::type;

/// A type that may be part of a value: it owns what it is.
template <class T>
concept part_type =
    std::is_object_v<T> && !std::is_pointer_v<T> &&
    (!std::convertible_to<const T&, std::string_view> || !std::is_trivially_destructible_v<T>);

template <class Form>
inline constexpr bool is_item_form = false;
template <class C>
inline constexpr bool is_item_form<type_list<C>> = true;
template <>
inline constexpr bool is_item_form<type_list<>> = true;
template <>
inline constexpr bool is_item_form<type_list<const char*, std::size_t>> = true;

/// A kind whose values can be items.
template <class K>
concept part_kind = has_kind<K> && is_item_form<typename kind<K>::c_form> && !kind<K>::is_address &&
                    kind<K>::is_part;

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
