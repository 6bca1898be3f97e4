// SPDX-License-Identifier: MIT
// The objects of a C++ class that a module lists: the table that has them, and how a C++ function
// gets one for its handle. The class knows nothing of this.
#pragma once

#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/handle_table.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// A class that is defined. An author lists either such a class or a handle type, which is only
/// declared.
template <class T>
concept complete_class = std::is_class_v<T> && requires {
    sizeof(T);
};

/// The objects of a listed class. A handle of it is a T* that is no address.
template <class T>
inline constinit handle_table<T, T, access_of<T>> class_table{type_symbol<T>.data()};

/// An object in use, from its handle. T may be const.
template <class T>
class held_object {
    using plain = std::remove_const_t<T>;

public:
    /// Throws: error(status::handle), error(status::busy).
    held_object(T* handle, const char* parameter)
        : guard_{class_table<plain>.at(const_cast<plain*>(handle), parameter)} {}

    T& operator*() const noexcept { return *guard_; }

private:
    typename handle_table<plain, plain, access_of<plain>>::guard guard_;
};

/// The same for a parameter that is a pointer: the object, or none.
template <class T>
class held_pointer {
public:
    held_pointer(T* handle, const char* parameter) {
        if (handle != nullptr) { object_.emplace(handle, parameter); }
    }
    operator T*() const noexcept {  // NOLINT(google-explicit-constructor)
        return object_.has_value() ? &**object_ : nullptr;
    }

private:
    std::optional<held_object<T>> object_;
};

template <class T>
inline constexpr bool is_held_object = false;
template <class T>
inline constexpr bool is_held_object<held_object<T>> = true;

/// Converts to what a function returns, so that the object is made in its place and never moved.
template <class Function>
class made_in_place {
public:
    explicit made_in_place(const Function& function) noexcept : function_{function} {}
    operator std::invoke_result_t<const Function&>() const {  // NOLINT(google-explicit-constructor)
        return function_();
    }

private:
    const Function& function_;
};

/// The constructor of a class for arguments of these types.
template <class T, class... A>
T construct(A... arguments) {
    if constexpr (std::is_constructible_v<T, A...>) {
        return T(std::forward<A>(arguments)...);
    } else {
        static_assert(
            requires { T{std::declval<A>()...}; },
            "the class has no constructor for arguments of these types");
        return T{std::forward<A>(arguments)...};
    }
}

/// Sets a data member of a T, or of a base of T.
template <auto Member, class T>
void assign(T& object, std::remove_reference_t<decltype(std::declval<T&>().*Member)> value) {
    object.*Member = std::move(value);
}

/// A constant as a function: of a lambda, what it returns.
template <auto Constant>
constexpr auto constant_value() {
    if constexpr (std::is_invocable_v<decltype(Constant)>) {
        return Constant();
    } else {
        return Constant;
    }
}

/// The destructor of a class, as C calls it.
template <class T>
std::int64_t destroy(T* handle) noexcept {
    return class_table<T>.free(handle, "close");
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
