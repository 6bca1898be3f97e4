// SPDX-License-Identifier: MIT
// The members of an exception: numbers, bools and text. They cross the border as text.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/describe/listing_content.hpp>
#include <clib/ffi/detail/failure_report.hpp>
#include <clib/ffi/kind.hpp>

#include <array>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// The text of a number, and back. A bool is "0" or "1". What comes back of a float or double is
/// the number of a double's bits, since not every library reads it without the locale.
template <class T>
std::string member_text(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return value ? "1" : "0";
    } else if constexpr (std::is_same_v<T, float>) {
        return member_text(double{value});
    } else if constexpr (std::is_arithmetic_v<T>) {
        char text[64];
        return {text, std::to_chars(text, text + sizeof text, value).ptr};
    } else {
        return std::string{std::string_view{value}};
    }
}

/// Throws: std::invalid_argument.
template <class T>
T member_value(std::string_view text) {
    if constexpr (std::is_same_v<T, bool>) {
        return text == "1";
    } else if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(std::bit_cast<double>(member_value<std::uint64_t>(text)));
    } else if constexpr (std::is_arithmetic_v<T>) {
        T value{};
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (code != std::errc{} || end != text.data() + text.size()) {
            throw std::invalid_argument{"no number"};
        }
        return value;
    } else {
        std::string plain;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool is_nul = text.substr(i, 2) == "\xC0\x80";
            plain += is_nul ? '\0' : text[i];
            i += is_nul ? 1 : 0;
        }
        return plain;
    }
}

template <class T>
constexpr std::uint32_t member_kind() {
    if constexpr (std::is_same_v<T, bool>) {
        return CLIB_KIND_BOOL;
    } else if constexpr (std::is_same_v<T, float>) {
        return CLIB_KIND_FLOAT;
    } else if constexpr (std::is_same_v<T, double>) {
        return CLIB_KIND_DOUBLE;
    } else if constexpr (std::integral<T> && sizeof(T) <= 8) {
        constexpr std::uint32_t first = std::is_signed_v<T> ? CLIB_KIND_INT8 : CLIB_KIND_UINT8;
        return first + (sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3);
    } else {
        static_assert(std::is_convertible_v<const T&, std::string_view>,
                      "a member of an exception is a number, a bool, or text");
        return CLIB_KIND_TEXT;
    }
}

/// A number or bool itself, and a std::string for any text.
template <class T>
using member_storage = std::conditional_t<std::is_arithmetic_v<T>, T, std::string>;

template <class T, auto... Members>
struct exception_members {
    template <auto Member>
    using type_of = std::remove_cvref_t<std::invoke_result_t<decltype(Member), const T&>>;

    static constexpr auto values(const member_data* members) {
        std::array<clib_value, sizeof...(Members) + 1> all{
            make_value(member_kind<type_of<Members>>())..., clib_value{}};
        for (std::size_t i = 0; i < sizeof...(Members); ++i) { all[i].name = members[i].name; }
        return all;
    }
    static constexpr clib_value make_value(std::uint32_t kind) {
        clib_value value{};
        value.size = sizeof value;
        value.kind = kind;
        return value;
    }

    static void add_parts(const T& exception, failure_report& report) noexcept {
        [[maybe_unused]] const auto add = [&](auto member) noexcept {
            try {
                report.add_part('m', member_text(std::invoke(member, exception)));
            } catch (...) { report.add_part('m', ""); }
        };
        (add(Members), ...);
    }
};

template <class T, auto... A, class U, auto... B>
exception_members<U, A..., B...> joined_members(exception_members<T, A...>,
                                                exception_members<U, B...>);

/// Takes the parts of details one by one.
class exception_parts {
public:
    explicit exception_parts(std::string_view text) noexcept : rest_{text} {}

    /// Returns: The next part without its letter; "" after the last.
    // NOLINTNEXTLINE(bugprone-exception-escape): substr() begins with the first one
    std::string_view next() noexcept {
        if (rest_.size() < 2) { return {}; }
        rest_.remove_prefix(2);
        const std::string_view part = rest_.substr(0, rest_.find('\0'));
        rest_.remove_prefix(part.size());
        return part;
    }

private:
    std::string_view rest_;
};

/// Makes an exception of its sentence and members.
template <class T, auto Text, class Members>
struct exception_maker;
template <class T, auto Text, auto... Members>
struct exception_maker<T, Text, exception_members<T, Members...>> {
    template <auto Member>
    using storage = member_storage<typename exception_members<T>::template type_of<Member>>;
    template <auto Member>
    static constexpr bool can_assign = [] {
        if constexpr (std::is_member_object_pointer_v<decltype(Member)>) {
            // Not to a view or a pointer, which would outlive its text.
            using type = std::remove_reference_t<decltype(std::declval<T&>().*Member)>;
            return std::is_same_v<type, storage<Member>>;
        }
        return false;
    }();
    static constexpr bool can_assign_text = [] {
        if constexpr (std::is_null_pointer_v<decltype(Text)>) {
            return true;
        } else {
            return can_assign<Text>;
        }
    }();
    static constexpr bool takes_all =
        std::is_constructible_v<T, const std::string&, storage<Members>...>;
    static constexpr bool takes_text = std::is_constructible_v<T, const std::string&>;
    static constexpr bool takes_nothing = std::is_default_constructible_v<T> && can_assign_text;
    static constexpr bool can_make =
        takes_all || ((takes_text || takes_nothing) && (can_assign<Members> && ...));

    static T make(exception_parts parts) {
        const auto text = member_value<std::string>(parts.next());
        std::tuple<storage<Members>...> values{member_value<storage<Members>>(parts.next())...};
        if constexpr (takes_all) {
            return std::apply([&](auto&... value) { return T(text, std::move(value)...); }, values);
        } else {
            T exception = [&] {
                if constexpr (takes_text) {
                    return T(text);
                } else {
                    return T();
                }
            }();
            if constexpr (!takes_text && !std::is_null_pointer_v<decltype(Text)>) {
                exception.*Text = text;
            }
            [&]<std::size_t... I>(std::index_sequence<I...>) {
                ((exception.*Members = std::move(std::get<I>(values))), ...);
            }
            (std::index_sequence_for<storage<Members>...>());
            return exception;
        }
    }
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
