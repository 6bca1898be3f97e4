// SPDX-License-Identifier: MIT
// A std::function that C++ returns: an object of a class of its own, which Python calls. The class
// of each signature is listed with the functions that return one (listing.hpp).
#pragma once

#include <clib/ffi/detail/describe/cpp_signature.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/detail/type_list.hpp>
#include <clib/ffi/handle_table.hpp>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

template <class Signature>
class returned_function;
template <class R, class... A>
class returned_function<R(A...)> {
public:
    explicit returned_function(std::function<R(A...)> function) noexcept
        : function_{std::move(function)} {}
    R operator()(A... arguments) const { return function_(std::forward<A>(arguments)...); }

private:
    std::function<R(A...)> function_;
};

}  // namespace detail

/// Calls of one function do not wait for each other, and it may call itself through Python.
template <class Signature>
inline constexpr access access_of<detail::returned_function<Signature>> = access::concurrent;

namespace detail {

// --- What lists it -------------------------------------------------------------------------------

/// The signature of the std::function that a function returns, or void.
template <class Result>
struct signature_in {
    using type = void;
};
template <class Signature>
struct signature_in<std::function<Signature>> {
    using type = Signature;
};

/// What is listed in the place of a function that returns a std::function.
template <auto Function, class Signature, class Parameters>
struct function_maker;
template <auto Function, class Signature, class... P>
struct function_maker<Function, Signature, type_list<P...>> {
    static std::unique_ptr<returned_function<Signature>> make(P... parameters) {
        std::function<Signature> made = invoke_listed<Function>(std::forward<P>(parameters)...);
        if (made == nullptr) { return nullptr; }
        return std::make_unique<returned_function<Signature>>(std::move(made));
    }
};

/// What is listed of a function: itself, or what makes an object of the function that it returns.
template <auto Function, class Owner>
constexpr auto listed_function() {
    using type = std::remove_const_t<decltype(Function)>;
    if constexpr (!std::is_class_v<type> || requires { &type::operator(); }) {
        using signature = cpp_signature<type, Owner>;
        using returned =
            typename signature_in<std::remove_cvref_t<typename signature::result>>::type;
        if constexpr (!std::is_void_v<returned>) {
            return &function_maker<Function, returned, typename signature::parameters>::make;
        } else {
            return Function;
        }
    } else {
        return Function;
    }
}

/// The signature of what a listed function makes so, by its type, or void.
template <class Function>
struct made_signature {
    using type = void;
};
template <class Signature, class... P>
struct made_signature<std::unique_ptr<returned_function<Signature>> (*)(P...)> {
    using type = Signature;
};
template <class Entry>
using signature_of_entry =
    typename made_signature<std::remove_const_t<decltype(Entry::function)>>::type;

/// The different signatures of these: a type_list.
template <class Found, class... Signature>
struct different_signatures {
    using type = Found;
};
template <class... Found, class Signature, class... Rest>
struct different_signatures<type_list<Found...>, Signature, Rest...>
    : different_signatures<
          std::conditional_t<std::is_void_v<Signature> || (std::is_same_v<Signature, Found> || ...),
                             type_list<Found...>, type_list<Found..., Signature>>,
          Rest...> {};

/// The different signatures that functions return. Nearly always there is none.
template <class... Entry>
constexpr auto returned_signatures(type_list<Entry...>) {
    if constexpr (any_of({!std::is_void_v<signature_of_entry<Entry>>..., false})) {
        return typename different_signatures<type_list<>, signature_of_entry<Entry>...>::type{};
    } else {
        return type_list<>{};
    }
}

/// "argument_1", "_Function1" and so on.
template <std::size_t Size>
constexpr auto numbered(std::string_view name, std::size_t number) {
    std::array<char, Size> all{};
    std::size_t at = 0;
    for (const char c : name) { all[at++] = c; }
    if (number >= 10) { all[at++] = static_cast<char>('0' + number / 10 % 10); }
    all[at] = static_cast<char>('0' + number % 10);
    return all;
}
template <std::size_t I>
inline constexpr auto argument_name = numbered<12>("argument_", I + 1);
template <std::size_t I>
inline constexpr auto function_class_name = numbered<12>("_Function", I + 1);

// --- Its name in C -------------------------------------------------------------------------------

/// Writes the types of a signature as a name, function_double_int32, or counts its characters.
struct signature_writer {
    char* to = nullptr;
    std::size_t size = 0;

    constexpr void add(std::string_view text) {
        for (const char c : text) {
            if (to != nullptr) { to[size] = c; }
            ++size;
        }
    }
    /// What a template has besides its elements says nothing.
    static constexpr bool is_helper(std::string_view name) {
        return name == "allocator" || name == "less" || name == "hash" || name == "equal_to" ||
               name == "default_delete";
    }
    template <class... T>
    constexpr void add_all(type_list<T...>) {
        (add_type<T>(), ...);
    }
    template <template <class...> class Template, class... T>
    constexpr void add_parts(const Template<T...>*) {
        add_all(type_list<std::remove_cvref_t<T>...>{});
    }
    constexpr void add_parts(const void*) {}
    template <class T>
    constexpr void add_type() {
        using plain = std::remove_cvref_t<T>;
        if constexpr (std::is_pointer_v<plain>) {
            add_type<std::remove_pointer_t<plain>>();
        } else if constexpr (std::is_same_v<plain, std::string>) {
            add("_text");
        } else if constexpr (std::is_integral_v<plain> && !std::is_same_v<plain, bool>) {
            add(std::is_signed_v<plain> ? "_int" : "_uint");
            constexpr std::size_t bits = sizeof(plain) * 8;
            const char digits[]{static_cast<char>('0' + bits / 10),
                                static_cast<char>('0' + bits % 10)};
            add({digits + (bits < 10 ? 1 : 0), bits < 10 ? std::size_t{1} : std::size_t{2}});
        } else if constexpr (!is_helper(name_of_type<plain>())) {
            add("_");
            add(name_of_type<plain>());
            if constexpr (std::is_class_v<plain>) { add_parts(static_cast<const plain*>(nullptr)); }
        }
    }
    template <class R, class... A>
    constexpr void add_signature(const returned_function<R(A...)>*) {
        add("function");
        add_all(type_list<R, A...>{});
    }
};

template <class Signature>
inline constexpr auto type_symbol<returned_function<Signature>> = [] {
    constexpr const returned_function<Signature>* function = nullptr;
    constexpr std::size_t size = [] {
        signature_writer counter;
        counter.add_signature(function);
        return counter.size;
    }();
    std::array<char, size + 1> symbol{};
    signature_writer writer{symbol.data()};
    writer.add_signature(function);
    return symbol;
}();

}  // namespace detail
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
