// SPDX-License-Identifier: MIT
// What a binding says of a call that it makes, to the call() inside the function. A text result
// then goes from C++ straight to the binding, without a copy in the thread's storage:
//
//     binding           entry or thunk                 tok_name()            body
//        | ----------------> | binding_call_scope ------> | call() ----------> |
//        |                   |                            |   claim_receiver() |
//        |                   |  <-------- receive(text) --| <--- std::string --|
//        | <--- the text --- | <------ received_text -----|
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

/// Takes a text result in the place of the thread's own text.
class text_receiver {
public:
    text_receiver(const text_receiver&) = delete;
    text_receiver& operator=(const text_receiver&) = delete;
    virtual ~text_receiver() = default;

    /// Throws: std::bad_alloc; the call fails then.
    virtual void receive(std::string_view text) = 0;
    virtual void receive(std::string&& text) { receive(std::string_view{text}); }

protected:
    text_receiver() noexcept = default;
};

/// What a function returns whose text a receiver has.
inline constexpr char received_text[] = "";

/// The call that a binding makes in this thread.
struct binding_call {
    const char* symbol = nullptr;       ///< The name of the function.
    text_receiver* receiver = nullptr;  ///< For its text; NULL if its result is none.
};

/// Empty while the function's own call() runs its body: what the body calls is no binding's call.
inline constinit thread_local binding_call current_call{};

/// Announces a binding's call for its lifetime.
class binding_call_scope {
public:
    explicit binding_call_scope(binding_call call) noexcept
        : outer_{std::exchange(current_call, call)} {}
    ~binding_call_scope() { current_call = outer_; }
    binding_call_scope(const binding_call_scope&) = delete;
    binding_call_scope& operator=(const binding_call_scope&) = delete;

private:
    binding_call outer_;
};

/// Whether a binding calls the function of this name, and its call() has not claimed that yet.
inline bool is_binding_call(const char* function) noexcept {
    return current_call.symbol != nullptr && std::strcmp(current_call.symbol, function) == 0;
}

/// Returns: The receiver for the text of this function, or NULL. Effects: It is claimed.
inline text_receiver* claim_receiver(const char* function) noexcept {
    return is_binding_call(function) ? std::exchange(current_call, {}).receiver : nullptr;
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
