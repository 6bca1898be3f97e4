// SPDX-License-Identifier: MIT
// The exception that is being handled, by its exact class: a handler that asks by `throw;` costs
// as much as the exception itself. Both C++ runtimes say the class (abi::__cxa_*), and in both an
// exception_ptr is no more than the address of the exception.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <cstring>
#include <exception>
#include <typeinfo>

#if defined(__cpp_rtti) && __has_include(<cxxabi.h>)
#include <cxxabi.h>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

#if defined(__cpp_rtti) && __has_include(<cxxabi.h>)

class handled_exception {
public:
    handled_exception() noexcept
        : class_{abi::__cxa_current_exception_type()}, held_{std::current_exception()} {}

    /// Returns: The exception, if it is a T and of no class that is derived from it; else NULL.
    template <class T>
    const T* exactly() const noexcept {
        return static_cast<const T*>(address_if(typeid(T)));
    }

private:
    [[gnu::cold, gnu::noinline]] const void* address_if(
        const std::type_info& wanted) const noexcept {
        static_assert(sizeof held_ == sizeof(void*));
        if (class_ == nullptr || *class_ != wanted) { return nullptr; }
        const void* address = nullptr;
        // NOLINTNEXTLINE(bugprone-undefined-memory-manipulation): only looked at
        std::memcpy(&address, &held_, sizeof address);
        return address;
    }

    const std::type_info* class_;
    std::exception_ptr held_;
};

#else

/// Knows nothing.
struct handled_exception {
    template <class T>
    static const T* exactly() noexcept {
        return nullptr;
    }
};

#endif

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
