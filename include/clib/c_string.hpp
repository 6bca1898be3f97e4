// SPDX-License-Identifier: MIT
// The class c_string, and its deleters.
#pragma once

#include <clib/deleter.hpp>
#include <clib/detail/require_exceptions.hpp>
#include <clib/text.hpp>

#include <cerrno>
#include <concepts>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace clib::inline v0 {

/// The pointers to writable text that C libraries return.
template <class Pointer>
concept writable_text_pointer = std::same_as<Pointer, char*> ||
    std::same_as<Pointer, unsigned char*> || std::same_as<Pointer, signed char*>;

/// Deleters that need no value to be given: a default one does not delete with a function it lacks.
template <class Deleter>
concept knows_its_function = std::default_initializable<Deleter> && !std::is_pointer_v<Deleter> &&
                             !std::same_as<Deleter, context_deleter>;

/// What std::unique_ptr would be if it knew C strings. It owns one NUL-terminated char*
/// and gives it back, exactly once, to the function that belongs to it.
///
/// Thread safety: that of std::unique_ptr.
template <class Deleter = deleter<&std::free>>
class basic_c_string : public text_owner {
    static_assert(std::is_invocable_v<Deleter&, char*>, "the deleter of a c_string takes a char*");
    static_assert(!std::is_invocable_v<Deleter&, char*> ||
                      std::is_nothrow_invocable_v<Deleter&, char*>,
                  "the deleter of a c_string may not throw: declare it noexcept, or name the C "
                  "function as clib::deleter<&function>");
    static_assert(std::is_nothrow_move_constructible_v<Deleter>,
                  "the deleter of a c_string must move without throwing");

public:
    using deleter_type = Deleter;

    /// Post: Owns nothing; its text is empty.
    basic_c_string() noexcept requires std::default_initializable<Deleter> : deleter_{} {}
    basic_c_string(std::nullptr_t) noexcept requires std::default_initializable<Deleter>
        : deleter_{} {}

    /// Adopts `text`: NULL, or NUL-terminated and owned by nobody else.
    template <writable_text_pointer Pointer>
        requires knows_its_function<Deleter>
    explicit basic_c_string(Pointer text) noexcept
        : deleter_{}, text_{reinterpret_cast<char*>(text)} {}
    template <writable_text_pointer Pointer>
    basic_c_string(Pointer text, Deleter deleter) noexcept
        : deleter_{std::move(deleter)}, text_{reinterpret_cast<char*>(text)} {}

    template <class... D>
    explicit basic_c_string(const char*, D...) = delete;  // adopts only char*; use c_string::copy
    template <class... D>
    explicit basic_c_string(std::string_view, D...) = delete;  // use c_string::copy
    basic_c_string(const basic_c_string&) = delete;  // has one owner: std::move or c_string::copy
    basic_c_string& operator=(const basic_c_string&) = delete;  // one owner: std::move or copy()

    /// Post: `other` owns nothing. The deleter moves along.
    basic_c_string(basic_c_string&& other) noexcept
        : deleter_{std::move(other.deleter_)}, text_{other.release()} {}

    /// The old text is deleted last, by the old deleter; assigning to itself has no effect.
    basic_c_string& operator=(basic_c_string&& other) noexcept {
        if (this != &other) {
            basic_c_string old{std::move(*this)};
            if constexpr (std::is_nothrow_move_assignable_v<Deleter>) {
                deleter_ = std::move(other.deleter_);
            } else {  // a lambda with captures
                std::destroy_at(&deleter_);
                std::construct_at(&deleter_, std::move(other.deleter_));
            }
            text_ = other.release();
        }
        return *this;
    }

    ~basic_c_string() { reset(); }

    /// Copies `text` into memory from malloc.
    /// Throws: std::bad_alloc; std::invalid_argument if `text` is NULL or, given with a length,
    /// holds a NUL, at which C would cut it.
    static basic_c_string copy(const char* text) {
        if (text == nullptr) { refuse("there is no text to copy at NULL"); }
        const std::size_t size = std::strlen(text) + 1;
        basic_c_string copied{allocate(size)};
        std::memcpy(copied.text_, text, size);
        return copied;
    }
    static basic_c_string copy(std::string_view text) {
        basic_c_string copied{allocate(text.size() + 1)};
        if (!text.empty()) { std::memcpy(copied.text_, text.data(), text.size()); }
        copied.text_[text.size()] = '\0';
        if (copied.size() != text.size()) {
            refuse("the text holds a NUL, at which C would cut it");
        }
        return copied;
    }

    /// Returns: What is owned, or NULL.
    char* get() const noexcept { return text_; }
    explicit operator bool() const noexcept { return text_ != nullptr; }

    /// Returns: The text; never NULL, "" if nothing is owned.
    const char* c_str() const noexcept { return text_ != nullptr ? text_ : ""; }
    std::string_view view() const& noexcept { return c_str(); }
    std::string_view view() const&& = delete;  // the owner dies first: name it, then view it
    operator std::string_view() const& noexcept { return c_str(); }
    operator std::string_view() const&& = delete;  // the owner dies first: name it, then view it
    std::size_t size() const noexcept { return std::strlen(c_str()); }  ///< In linear time.
    bool empty() const noexcept { return *c_str() == '\0'; }

    Deleter& get_deleter() noexcept { return deleter_; }
    const Deleter& get_deleter() const noexcept { return deleter_; }

    /// Returns: What was owned; it is now the caller's to delete.
    [[nodiscard]] char* release() noexcept { return std::exchange(text_, nullptr); }

    /// Adopts `text` and then deletes what was owned, so that a deleter which looks at this object
    /// sees the new text. errno is kept. Adopting what is owned already has no effect.
    template <writable_text_pointer Pointer>
    void reset(Pointer text) noexcept {
        replace(reinterpret_cast<char*>(text));
    }
    void reset(std::nullptr_t = nullptr) noexcept { replace(nullptr); }
    void reset(const char*) = delete;  // adopts only char*; assign c_string::copy(text)

    /// For a C function that stores a new string through a `char**`; what was owned is deleted
    /// first. The string is owned at once, not at the end of the expression. (A function that takes
    /// an `unsigned char**` stores to a pointer of the caller's, which is adopted then.)
    ///     if (asprintf(line.out(), "%d", n) >= 0 && !line.empty()) ...
    [[nodiscard]] char** out() noexcept {
        reset();
        return &text_;
    }

    /// For a C function that reads, and may free or reallocate, the string behind a `char**`:
    /// getline.
    [[nodiscard]] char** inout() noexcept { return &text_; }

    void swap(basic_c_string& other) noexcept { std::swap(*this, other); }
    friend void swap(basic_c_string& left, basic_c_string& right) noexcept { left.swap(right); }

    friend bool operator==(const basic_c_string& string, std::nullptr_t) noexcept {
        return string.text_ == nullptr;
    }

private:
    static char* allocate(std::size_t size) {
        static_assert(std::same_as<Deleter, deleter<&std::free>>,
                      "copy() allocates with malloc: write clib::c_string::copy(text)");
        auto* const allocated = static_cast<char*>(std::malloc(size));
        if (allocated == nullptr) { throw_bad_alloc(); }
        return allocated;
    }

    // What throws is kept out of line, so that copy() is small enough to be inlined.
    [[noreturn, gnu::cold, gnu::noinline]] static void throw_bad_alloc() { throw std::bad_alloc{}; }
    [[noreturn, gnu::cold, gnu::noinline]] static void refuse(const char* reason) {
        throw std::invalid_argument{reason};
    }

    void replace(char* text) noexcept {
        char* const old = std::exchange(text_, text);
        if (old == nullptr || old == text) { return; }
        if constexpr (detail::keeps_errno<Deleter>) {
            deleter_(old);
        } else {
            const int saved = errno;
            deleter_(old);
            errno = saved;
        }
    }

    [[no_unique_address]] Deleter deleter_;
    char* text_ = nullptr;
};

using c_string = basic_c_string<>;

/// Adopts text with a deleter that is named or given on the spot:
///     auto query = clib::adopt<&sqlite3_free>(sqlite3_mprintf("%Q", name));
///     auto lent = clib::adopt(text, clib::context_deleter{&give_back, &pool});
template <auto F = &std::free, writable_text_pointer Pointer>
[[nodiscard]] basic_c_string<deleter<F>> adopt(Pointer text) noexcept {
    return basic_c_string<deleter<F>>{text};
}
template <class Deleter, writable_text_pointer Pointer>
[[nodiscard]] basic_c_string<Deleter> adopt(Pointer text, Deleter deleter) noexcept {
    return basic_c_string<Deleter>{text, std::move(deleter)};
}
template <auto... F, class... D>
void adopt(const char*, D...) = delete;  // adopts only char*; use c_string::copy
template <auto... F, class... D>
void adopt(std::string_view, D...) = delete;  // adopts only char*; use c_string::copy

}  // namespace clib::inline v0
