// SPDX-License-Identifier: MIT
// A parameter as a listing names it, with its default.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/kind.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

/// What a listing says of a parameter.
struct parameter_info {
    const char* name = "";
    std::uint32_t flags = 0;  ///< clib_value_flag
    default_value value{};
    const char* explanation = "";  ///< Its doc.

    /// Whether it is something else than NULL if it is left out.
    constexpr bool has_value() const {
        return value.what != default_value::type::none && value.what != default_value::type::null;
    }
};

}  // namespace detail

namespace listing {

/// A parameter's name, and what it is if it is left out. A plain string is a name alone.
struct parameter : detail::parameter_info {
    // NOLINTNEXTLINE(google-explicit-constructor): a plain string does
    constexpr parameter(const char* parameter_name) { name = parameter_name; }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    constexpr parameter(const char* parameter_name, T number) : parameter{parameter_name} {
        set_default(default_value::type::integer);
        value.integer = static_cast<std::int64_t>(number);
        value.number = static_cast<double>(number);
    }
    constexpr parameter(const char* parameter_name, std::same_as<bool> auto truth)
        : parameter{parameter_name} {
        set_default(default_value::type::boolean);
        value.integer = truth ? 1 : 0;
    }
    template <class E>
        requires std::is_enum_v<E>
    constexpr parameter(const char* parameter_name, E member) : parameter{parameter_name} {
        set_default(default_value::type::member);
        value.integer = static_cast<std::int64_t>(member);
        value.enumeration = &enumeration_mark<E>;
    }
    /// A duration of std::chrono.
    template <class D>
        requires requires {
            typename D::rep;
            typename D::period;
        }
    constexpr parameter(const char* parameter_name, D duration)
        : parameter{parameter_name,
                    static_cast<double>(duration.count()) * D::period::num / D::period::den} {}
    constexpr parameter(const char* parameter_name, double number) : parameter{parameter_name} {
        set_default(default_value::type::number);
        value.number = number;
    }
    constexpr parameter(const char* parameter_name, const char* text) : parameter{parameter_name} {
        set_default(default_value::type::text);
        value.text = text;
    }
    /// NULL may be passed, and is if the parameter is left out.
    constexpr parameter(const char* parameter_name, std::nullptr_t) : parameter{parameter_name} {
        set_default(default_value::type::null);
        flags |= CLIB_VALUE_NULLABLE;
    }

    /// No other value is a default.
    template <class T>
        requires(std::is_class_v<T> && !std::is_convertible_v<T, const char*> &&
                 !requires { typename T::period; })
    constexpr parameter(const char* parameter_name, const T&) : parameter{parameter_name} {
        static_assert(detail::never<T>,
                      "a default is a number, a bool, a text, a member of an enum, a duration, or "
                      "nullptr where None may be passed");
    }
    template <class T>
        requires(!std::is_same_v<T, parameter>)
    void operator=(const T&) const = delete;  // the default stands beside the name: {"x", 3}

    /// A function that the library calls once, now or later, unless the function that takes it
    /// fails: a deleter, for example.
    constexpr parameter called_once() const {
        parameter once = *this;
        once.flags |= CLIB_VALUE_CALLED_ONCE;
        return once;
    }

    /// None may be passed, and is NULL; the function takes a pointer then.
    constexpr parameter or_none() const {
        parameter nullable = *this;
        nullable.flags |= CLIB_VALUE_NULLABLE;
        return nullable;
    }
    /// Python passes it by its name alone: f(limit=10). All after it are so, too.
    constexpr parameter keyword_only() const {
        parameter named = *this;
        named.flags |= CLIB_VALUE_KEYWORD_ONLY;
        return named;
    }
    /// Python copies what is not quite the array of const elements that the function takes: one of
    /// other numbers, or in another order, and lists.
    constexpr parameter convertible() const {
        parameter converted = *this;
        converted.flags |= CLIB_VALUE_CONVERTIBLE;
        return converted;
    }
    /// What it is, in one line or more.
    constexpr parameter doc(const char* line) const {
        parameter explained = *this;
        explained.explanation = line;
        return explained;
    }

private:
    constexpr void set_default(default_value::type what) {
        value.what = what;
        flags |= CLIB_VALUE_DEFAULT;
    }
};

/// A char* without a size: an address of memory that is not the interpreter's, passed as a number.
struct address : parameter {
    constexpr explicit address(const char* parameter_name) : parameter{parameter_name} {}
};

}  // namespace listing

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
