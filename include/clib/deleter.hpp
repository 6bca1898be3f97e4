// SPDX-License-Identifier: MIT
// Deleters: how a c_string gives its text back to the library that allocated it.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <concepts>
#include <cstdlib>
#include <type_traits>

namespace clib::inline v0 {

/// Calls the function F, named once as a template argument, so that its owner needs no space for
/// it. F is a function, a function pointer, or the address of a function pointer that the library
/// sets at run time (libxml2's xmlFree). It is a C function: one that throws ends the program.
template <auto F>
struct deleter {
    void operator()(char* text) const noexcept {
        if constexpr (std::is_pointer_v<std::remove_pointer_t<decltype(F)>>) {
            call(*F, text);
        } else {
            call(F, text);
        }
    }

private:
    static void call(auto function, char* text) {
        if constexpr (std::is_invocable_v<decltype(function), char*>) {
            static_cast<void>(function(text));
        } else {
            static_assert(std::is_invocable_v<decltype(function), unsigned char*>,
                          "clib::deleter takes a function of one char*, unsigned char* or void*");
            static_cast<void>(function(reinterpret_cast<unsigned char*>(text)));
        }
    }
};

/// Calls a function chosen at run time with a context of the caller's. Without a function it does
/// nothing, which suits text that lives for ever.
struct context_deleter {
    void (*function)(char* text, void* context) = nullptr;
    void* context = nullptr;

    void operator()(char* text) const noexcept {
        if (function != nullptr) { function(text, context); }
    }
};

namespace detail {

/// Whether the deleter leaves errno alone, so that its caller need not save it.
template <class Deleter>
inline constexpr bool keeps_errno = false;

#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 33)  // "free preserves errno", glibc 2.33 NEWS; POSIX.1-2024 asks the same
template <>
inline constexpr bool keeps_errno<deleter<&std::free>> = true;
#endif
#endif

}  // namespace detail
}  // namespace clib::inline v0
