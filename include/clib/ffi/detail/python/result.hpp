// SPDX-License-Identifier: MIT
// The result of a native call: whether it has failed, and the Python object that it is. Text goes
// from the C++ string straight into a str or bytes.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/call.hpp>
#include <clib/ffi/detail/binding_call.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/outcome.hpp>
#include <clib/ffi/kinds.hpp>
#include <clib/ffi/python.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <bool IsBytes>
python_object* text_object(std::string_view text) noexcept {
    return IsBytes ? bytes_to_python(text) : text_to_python(text);
}

/// Takes a text as a Python object.
template <bool IsBytes>
class object_receiver final : public text_receiver {
public:
    object_receiver() noexcept = default;
    object_receiver(const object_receiver&) = delete;
    object_receiver& operator=(const object_receiver&) = delete;
    ~object_receiver() override {
        if (object_ != nullptr) { python.Py_DecRef(object_); }
    }
    void receive(std::string_view text) override { object_ = text_object<IsBytes>(text); }

    /// Returns: A new reference, or NULL with an exception raised.
    python_object* object() noexcept { return std::exchange(object_, nullptr); }

private:
    python_object* object_ = nullptr;
};

/// Takes the text of a function that may block, which runs without the interpreter's lock.
template <bool IsBytes>
class string_receiver final : public text_receiver {
public:
    void receive(std::string_view text) override { text_ = text; }
    void receive(std::string&& text) override { text_ = std::move(text); }

    python_object* object() noexcept { return text_object<IsBytes>(text_); }

private:
    std::string text_;
};

/// For a result of kind<K> that C returns as R. The constructor makes the call.
template <class K, class R, bool MayBlock>
class native_result {
public:
    static constexpr bool is_native = kind<K>::converts_to_python;

    template <class Call>
    native_result(const char* symbol, const Call& call) noexcept
        : symbol_{symbol}, value_{run(symbol, call)} {}

    /// Returns: Whether the call has failed; last_failure says why then.
    bool has_failed() const noexcept {
        if (!watch_.template has_result_failed<kind<K>>(value_)) [[likely]] { return false; }
        watch_.complete(value_, symbol_);
        return true;
    }
    /// Returns: A new reference, or NULL with an exception raised.
    python_object* object() noexcept {
        if constexpr (MayBlock && kind<K>::is_handle) {
            python_object* const found = kind<K>::to_python(value_);
            if (std::exchange(kept_result.handle, nullptr) != nullptr) {
                const native_call call;
                receive_handle(const_cast<void*>(static_cast<const void*>(value_)));
            }
            return found;
        } else {
            return kind<K>::to_python(value_);
        }
    }

private:
    template <class Call>
    static R run([[maybe_unused]] const char* symbol, const Call& call) noexcept {
        if constexpr (MayBlock) {
            const binding_call_scope scope{{symbol, nullptr}};
            return call();
        } else {
            return call();
        }
    }

    failure_watch watch_;
    const char* symbol_;
    R value_;
};

template <bool MayBlock>
class native_result<void, void, MayBlock> {
public:
    static constexpr bool is_native = true;

    template <class Call>
    native_result(const char*, const Call& call) noexcept {
        call();
    }
    bool has_failed() const noexcept { return watch_.has_failed(); }
    static python_object* object() noexcept { return kind<void>::to_python(); }

private:
    failure_watch watch_;
};

template <class K, class R, bool MayBlock>
    requires(kind<K>::form == result_form::text || kind<K>::form == result_form::bytes)
class native_result<K, R, MayBlock> {
    static constexpr bool is_bytes = kind<K>::form == result_form::bytes;
    using receiver =
        std::conditional_t<MayBlock, string_receiver<is_bytes>, object_receiver<is_bytes>>;

public:
    static constexpr bool is_native = true;

    template <class Call>
    native_result(const char* symbol, const Call& call) noexcept : symbol_{symbol} {
        const binding_call_scope scope{{symbol, &receiver_}};
        value_ = reinterpret_cast<const char*>(call());
    }
    bool has_failed() noexcept {
        if (value_ == received_text) [[likely]] { return false; }
        if (watch_.has_failed(value_)) {
            watch_.complete(value_, symbol_);
            return true;
        }
        const status code = ffi::call([&] { text_ = returned_text(value_, is_bytes); }, symbol_);
        return code < status::ok;
    }
    python_object* object() noexcept {
        python_object* const text =
            value_ == received_text ? receiver_.object() : text_object<is_bytes>(text_);
        if constexpr (requires { kind<K>::text_to_python(text); }) {
            return kind<K>::text_to_python(text);
        } else {
            return text;
        }
    }

private:
    failure_watch watch_;
    const char* symbol_;
    const char* value_ = nullptr;
    receiver receiver_;
    std::string_view text_;
};

/// For a value that holds others: the value itself.
template <class K, class R, bool MayBlock>
    requires(kind<K>::form == result_form::items)
class native_result<K, R, MayBlock> {
    using value_type = typename kind<K>::value_type;

public:
    static constexpr bool is_native = kind<K>::converts_to_python;

    template <class Call>
    native_result(const char* symbol, const Call& call) noexcept : symbol_{symbol} {
        const binding_call_scope scope{{symbol, &receiver_}};
        has_failed_ = call() == nullptr;
    }
    bool has_failed() noexcept {
        if (has_failed_) { return true; }
        const status code = ffi::call(
            [&] { object_ = element<K, value_type>::to_python(std::move(receiver_.value())); },
            symbol_);
        return code < status::ok;
    }
    /// Returns: A new reference, or NULL with an exception raised.
    python_object* object() noexcept { return object_; }

private:
    const char* symbol_;
    value_receiver<value_type> receiver_;
    bool has_failed_;
    python_object* object_ = nullptr;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
