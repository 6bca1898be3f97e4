// SPDX-License-Identifier: MIT
// The half of an object that is in another language: attributes, and what overrides its virtual
// functions. It has the object's handle, and C++ does not know it.
//
//     Python owns the object    Python's half --> handle --> C++'s half
//     C++ owns or shares it     C++'s half or a std::shared_ptr --> Python's half --> handle
#pragma once

#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/object.hpp>

#include <memory>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Keeps both halves for a std::shared_ptr.
struct half_keeper {
    const void* handle;
    object half;
    void operator()(void*) const noexcept { let_go(handle); }
};

class other_half {
public:
    other_half(const other_half&) = delete;
    other_half& operator=(const other_half&) = delete;

    /// Returns: What keeps both halves.
    virtual std::shared_ptr<void> share() = 0;
    /// Effects: The other half lives until leave(), or as long as the object does.
    virtual void keep() = 0;
    /// Effects: The other half owns the object again, which a call is about to return to it.
    virtual void leave() noexcept = 0;

protected:
    other_half() noexcept = default;
    ~other_half() = default;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
