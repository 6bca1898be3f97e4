// SPDX-License-Identifier: MIT
// Text that a C function returns and that was made on the fly. It belongs to the library, one for
// each thread, and lives until that thread's next such result, so that there is nothing to free and
// nothing to forget; the caller copies it at once.
#pragma once

#include <clib/detail/require_cpp20.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#if __has_include(<pthread.h>)
#include <pthread.h>
#endif

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

/// What a body given to call() may return as text: a std::string, or another owner, as c_string and
/// char_buffer are.
template <class T>
concept text_like =
    std::convertible_to<const T&, std::string_view> && !std::is_trivially_destructible_v<T>;

namespace detail {

/// What owns no text, and may point to one that is gone when the body has returned: the guard that
/// kept its owner alive, or kept other threads from it, is gone by then.
template <class T>
concept text_view_like =
    !text_like<T> && !std::same_as<T, char*> &&
    (std::convertible_to<T, std::string_view> || std::same_as<T, const std::uint8_t*>);

/// This thread's text. Nothing about it is destroyed but its memory, when the thread ends; in the
/// main thread it works after that too.
class text_result {
public:
    /// What is kept for the next result to use again. A result that needed more is freed by the
    /// next.
    static constexpr std::size_t kept_capacity = std::size_t{64} * 1024;

    /// Returns: The text, NUL-terminated. Throws: std::bad_alloc; the text is the one before then.
    const char* assign(std::string&& text) noexcept {
        if (is_large()) { forget(); }
        string() = std::move(text);
        return string().c_str();
    }
    const char* assign(std::string_view text) {
        // It may be a part of the one before, which is therefore not freed first.
        if (is_large()) { return assign(std::string{text}); }
        return string().assign(text).c_str();
    }
    const char* assign(const std::string& text) { return assign(std::string_view{text}); }

    /// Whether the text has more memory than is kept.
    bool is_large() noexcept { return is_made_ && string().capacity() > kept_capacity; }

    const char* data() noexcept { return is_made_ ? string().c_str() : ""; }
    std::size_t size() noexcept { return is_made_ ? string().size() : 0; }

    /// Effects: Frees the text; it is "" then.
    void forget() noexcept {
        if (is_made_) { std::destroy_at(&string()); }
        is_made_ = false;
    }

private:
    std::string& string() noexcept {
        auto* const text = std::launder(reinterpret_cast<std::string*>(memory_));
        if (!is_made_) {
            is_made_ = true;
            return *std::construct_at(reinterpret_cast<std::string*>(memory_));
        }
        return *text;
    }

    alignas(std::string) unsigned char memory_[sizeof(std::string)];
    bool is_made_;
};

inline constinit thread_local text_result last_text{};

/// Bytes that grow, with the least code. They have neither constructor nor destructor to run.
struct growing_bytes {
    char* data;
    std::size_t size;
    std::size_t capacity;

    /// Returns: Whether there was memory for them.
    [[gnu::cold, gnu::noinline]] bool append(const char* bytes, std::size_t count) noexcept {
        if (count > capacity - size) {
            const std::size_t larger = (size + count) * 2;
            void* const memory = std::realloc(data, larger);
            if (memory == nullptr) { return false; }
            data = static_cast<char*>(memory);
            capacity = larger;
        }
        if (count != 0) { std::memcpy(data + size, bytes, count); }
        size += count;
        return true;
    }
    void forget() noexcept {
        std::free(data);
        data = nullptr;
        size = capacity = 0;
    }
};

/// The details of this thread's last failure; see failure_report.hpp.
inline constinit thread_local growing_bytes last_details{};

#if __has_include(<pthread.h>)
/// Frees a thread's texts when it ends. (Not a thread_local with a destructor: without memory to
/// register that, glibc ends the process.)
class text_result_cleaner {
public:
    text_result_cleaner() noexcept
        : is_made_{pthread_key_create(&key_, [](void* text) {
                       static_cast<text_result*>(text)->forget();
                       last_details.forget();
                   }) == 0} {}
    ~text_result_cleaner() {
        if (is_made_) { pthread_key_delete(key_); }
        is_made_ = false;
    }
    text_result_cleaner(const text_result_cleaner&) = delete;
    text_result_cleaner& operator=(const text_result_cleaner&) = delete;

    /// Throws: std::bad_alloc.
    void watch_this_thread() const {
        if (is_made_ && pthread_getspecific(key_) == nullptr &&
            pthread_setspecific(key_, &last_text) != 0) {
            throw std::bad_alloc{};
        }
    }

private:
    pthread_key_t key_;
    bool is_made_;  // not so during static initialisation, nor after static destruction
};
inline text_result_cleaner text_cleaner;
#else
struct text_result_cleaner {
    ~text_result_cleaner() {
        last_text.forget();
        last_details.forget();
    }
    void watch_this_thread() const noexcept {}
};
inline thread_local text_result_cleaner text_cleaner;
#endif

template <class Text>
    requires std::convertible_to < const std::remove_cvref_t<Text>
&, std::string_view > const char* keep_text(Text&& text) {
    text_cleaner.watch_this_thread();
    if constexpr (std::same_as<std::remove_cvref_t<Text>, std::string>) {
        return last_text.assign(std::forward<Text>(text));
    } else {
        return last_text.assign(std::string_view{text});
    }
}

}  // namespace detail
}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
