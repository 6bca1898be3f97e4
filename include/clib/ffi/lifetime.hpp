// SPDX-License-Identifier: MIT
// Addresses that stay valid when the body of a C function has returned. Its locals are gone by
// then, and so is the guard that kept an object alive and other threads from it; so call() takes no
// view and no bare const char*, but a std::string, which it moves, or one of these, whose author
// says why it lives.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// Text that lives for ever, as a string literal does: return static_text{"none"}. It is not
/// copied.
class static_text {
public:
    /// Requires: `text` is NUL-terminated and never changes.
    constexpr explicit static_text(const char* text) noexcept : text_{text} {}
    constexpr const char* get() const noexcept { return text_; }

private:
    const char* text_;
};

/// An address that its caller gives back, as a pin lends it. A pin of bytes to read says so,
/// because a bare const char* would be taken for text.
template <class T>
class lent_address {
public:
    constexpr explicit lent_address(T* address) noexcept : address_{address} {}
    constexpr T* get() const noexcept { return address_; }

private:
    T* address_;
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
