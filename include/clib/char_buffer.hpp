// SPDX-License-Identifier: MIT
// The class char_buffer.
#pragma once

#include <clib/add_one.hpp>
#include <clib/detail/char_storage.hpp>
#include <clib/fill.hpp>
#include <clib/text.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace clib::inline v0 {

/// Bytes that are owned, mutable and growable, always NUL-terminated, with embedded
/// NULs kept. The storage comes from malloc, so that C can take it over without a copy.
///
/// Exception safety: what can throw has no effect when it does (strong guarantee), except fill().
/// Thread safety: that of a standard container.
class char_buffer : public text_owner {
public:
    using value_type = char;
    using size_type = std::size_t;
    using difference_type = std::ptrdiff_t;
    using reference = char&;
    using const_reference = const char&;
    using pointer = char*;
    using const_pointer = const char*;
    using iterator = char*;
    using const_iterator = const char*;
    using reverse_iterator = std::reverse_iterator<iterator>;
    using const_reverse_iterator = std::reverse_iterator<const_iterator>;

    char_buffer() noexcept = default;

    /// Effects: Copies the bytes of `text`. Throws: std::bad_alloc, std::length_error.
    explicit char_buffer(std::string_view text) { assign(text); }

    /// Throws: std::invalid_argument if `text` is NULL; std::bad_alloc, std::length_error.
    template <std::convertible_to<const char*> Pointer>
        requires std::is_pointer_v<Pointer>
    explicit char_buffer(Pointer text) : char_buffer{non_null(text)} {}

    /// Effects: `size` bytes, each `value`. Throws: std::bad_alloc, std::length_error.
    explicit char_buffer(size_type size, char value = '\0') { resize(size, value); }

    char_buffer(std::same_as<std::nullptr_t> auto) = delete;  // no text at NULL: use char_buffer{}
    explicit char_buffer(std::same_as<char> auto, char = 0) = delete;  // size first: (10, 'x')
    char_buffer(const char*, size_type) = delete;  // write char_buffer{{data, size}}
    char_buffer(const char_buffer&) = delete;      // to copy, write char_buffer{other.view()}
    char_buffer& operator=(const char_buffer&) = delete;  // to copy, write assign(other.view())

    /// Post: `other` is empty and owns nothing.
    char_buffer(char_buffer&& other) noexcept = default;
    char_buffer& operator=(char_buffer&& other) noexcept = default;

    void swap(char_buffer& other) noexcept { storage_.swap(other.storage_); }
    friend void swap(char_buffer& left, char_buffer& right) noexcept { left.swap(right); }

    /// Never NULL; data()[size()] is the terminator and stays '\0'.
    char* data() noexcept { return storage_.data(); }
    const char* data() const noexcept { return storage_.data(); }
    const char* c_str() const noexcept { return data(); }
    size_type size() const noexcept { return storage_.size(); }
    bool empty() const noexcept { return size() == 0; }
    size_type capacity() const noexcept { return storage_.capacity(); }
    static constexpr size_type max_size() noexcept { return detail::char_storage::max_size; }

    std::string_view view() const& noexcept { return {data(), size()}; }
    std::string_view view() const&& = delete;  // the owner dies first: name it, then view it
    operator std::string_view() const& noexcept { return view(); }
    operator std::string_view() const&& = delete;  // the owner dies first: name it, then view it
    std::span<char> span() & noexcept { return {data(), size()}; }
    std::span<const char> span() const& noexcept { return {data(), size()}; }
    std::span<const char> span() const&& = delete;  // the owner dies first: name it

    iterator begin() noexcept { return data(); }
    iterator end() noexcept { return data() + size(); }
    const_iterator begin() const noexcept { return data(); }
    const_iterator end() const noexcept { return data() + size(); }
    reverse_iterator rbegin() noexcept { return reverse_iterator{end()}; }
    reverse_iterator rend() noexcept { return reverse_iterator{begin()}; }
    const_reverse_iterator rbegin() const noexcept { return const_reverse_iterator{end()}; }
    const_reverse_iterator rend() const noexcept { return const_reverse_iterator{begin()}; }
    const_iterator cbegin() const noexcept { return begin(); }
    const_iterator cend() const noexcept { return end(); }

    /// Requires: `index < size()`.
    char& operator[](size_type index) noexcept { return data()[index]; }
    const char& operator[](size_type index) const noexcept { return data()[index]; }

    /// Throws: std::out_of_range unless `index < size()`.
    char& at(size_type index) { return data()[checked(index)]; }
    const char& at(size_type index) const { return data()[checked(index)]; }

    /// Requires: not empty().
    char& front() noexcept { return *begin(); }
    const char& front() const noexcept { return *begin(); }
    char& back() noexcept { return end()[-1]; }
    const char& back() const noexcept { return end()[-1]; }

    /// Post: `capacity() >= capacity`; a smaller number is no request to shrink.
    /// Throws: std::bad_alloc; std::length_error above max_size().
    void reserve(size_type capacity) { storage_.reserve(capacity); }
    void shrink_to_fit() { storage_.shrink_to_fit(); }
    void clear() noexcept { storage_.set_size(0); }

    // Whatever may grow the buffer, from here to insert(), throws std::bad_alloc, and
    // std::length_error above max_size().

    /// Post: `size() == size`; bytes that are new have the given value.
    void resize(size_type size, char value = '\0') {
        const size_type old_size = this->size();
        resize_for_overwrite(size);
        if (size > old_size) { std::memset(data() + old_size, value, size - old_size); }
    }
    /// Post: `size() == size`; bytes that are new have no particular value.
    void resize_for_overwrite(size_type size) {
        storage_.grow_to(size);
        storage_.set_size(size);
    }

    /// Here and below, `text` may be a part of this buffer.
    char_buffer& append(std::string_view text) {
        if (text.empty()) { return *this; }
        if (text.size() > capacity() - size()) [[unlikely]] {
            const bool is_own = contains(text);
            const auto offset = is_own ? static_cast<size_type>(text.data() - data()) : 0;
            storage_.grow_by(text.size());
            if (is_own) { text = {data() + offset, text.size()}; }
        }
        storage_.append(text.data(), text.size());
        return *this;
    }
    char_buffer& append(size_type count, char value) {
        insert(end(), count, value);
        return *this;
    }
    char_buffer& operator+=(std::string_view text) { return append(text); }
    char_buffer& operator+=(char value) {
        push_back(value);
        return *this;
    }
    void push_back(char value) { storage_.push_back(value); }
    /// Requires: not empty().
    void pop_back() noexcept { storage_.set_size(size() - 1); }

    void assign(std::string_view text) {
        if (text.size() > capacity()) {
            detail::char_storage fresh;
            fresh.reserve(text.size());
            std::memcpy(fresh.data(), text.data(), text.size());
            storage_.swap(fresh);
        } else if (!text.empty()) {
            std::memmove(data(), text.data(), text.size());
        }
        storage_.set_size(text.size());
    }
    void assign(size_type count, char value) {
        storage_.grow_to(count);
        std::fill_n(data(), count, value);
        storage_.set_size(count);
    }
    template <std::input_iterator Iterator>
    void assign(Iterator first, Iterator last) {
        char_buffer fresh;
        for (; first != last; ++first) { fresh.push_back(*first); }
        swap(fresh);
    }
    void assign(std::initializer_list<char> bytes) { assign(view_of(bytes)); }

    /// Requires: `position` is in [begin(), end()].
    /// Returns: Where the first new byte is, or `position` if there is none.
    iterator insert(const_iterator position, std::string_view text) {
        const char_buffer copy = contains(text) ? char_buffer{text} : char_buffer{};
        if (!copy.empty()) { text = copy.view(); }
        return std::copy(text.begin(), text.end(),
                         storage_.open_gap(index_of(position), text.size())) -
               text.size();
    }
    iterator insert(const_iterator position, char value) { return insert(position, 1, value); }
    iterator insert(const_iterator position, size_type count, char value) {
        return std::fill_n(storage_.open_gap(index_of(position), count), count, value) - count;
    }
    template <std::input_iterator Iterator>
    iterator insert(const_iterator position, Iterator first, Iterator last) {
        char_buffer bytes;
        bytes.assign(first, last);
        return insert(position, bytes.view());
    }
    iterator insert(const_iterator position, std::initializer_list<char> bytes) {
        return insert(position, view_of(bytes));
    }

    /// Requires: `position` is in [begin(), end()). Returns: Where the next byte is now.
    iterator erase(const_iterator position) noexcept { return erase(position, position + 1); }
    /// Requires: [first, last) is in [begin(), end()].
    iterator erase(const_iterator first, const_iterator last) noexcept {
        const size_type index = index_of(first);
        storage_.close_gap(index, static_cast<size_type>(last - first));
        return begin() + index;
    }

    /// Replaces the content with what a C function writes, and repeats the call with more room
    /// until all of it fits. `call(data, room)` may write `room` bytes, its terminator among them,
    /// and returns what the C function returned; `convention` is one of clib::returns, or a
    /// function object like them, and tells how that is to be read. `room` is the room that the
    /// first call gets, at least 1; the capacity is offered if that is more.
    ///     path.fill(clib::returns::pointer,
    ///               [](char* to, std::size_t room) { return getcwd(to, room); });
    /// Throws: std::system_error if the function failed, or std::runtime_error if errno does not
    /// say why; std::bad_alloc, std::length_error, and what `call` throws; the buffer is empty then
    /// (basic guarantee).
    template <class Convention, std::invocable<char*, size_type> Call>
    char_buffer& fill(const Convention& convention, Call&& call, size_type room = 128) {
        constexpr int patience = 8;  // then the room doubles, so that there is an end
        size_type kept = 0;
        clear();
        try {
            for (int calls = 1;; ++calls) {
                reserve(std::max<size_type>(room, 1));
                room = capacity() - kept;
                char* const to = data() + kept;
                if constexpr (requires { convention.prepare(to); }) { convention.prepare(to); }
                errno = 0;
                const fill_outcome outcome = convention(call(to, room), to, room);
                if (outcome.elsewhere != nullptr) {
                    assign({outcome.elsewhere, outcome.size});
                    return *this;
                }
                if ((outcome.is_complete ? outcome.size : outcome.kept) > room) {
                    throw std::length_error{"the call wrote more than the room it was given"};
                }
                if (outcome.is_complete) {
                    storage_.set_size(kept + outcome.size);
                    return *this;
                }
                kept += outcome.kept;
                room = std::max(outcome.size,
                                kept > 0 || calls >= patience ? capacity() * 2 : room + 1);
            }
        } catch (...) {
            clear();
            throw;
        }
    }

    /// Gives the storage away: NUL-terminated, to be freed with free().
    /// Post: The buffer is empty. Throws: std::bad_alloc if it never had storage.
    [[nodiscard]] char* release() { return storage_.release(); }

private:
    static std::string_view view_of(std::initializer_list<char> bytes) {
        return {bytes.begin(), bytes.size()};
    }

    size_type index_of(const_iterator position) const noexcept {
        return static_cast<size_type>(position - data());
    }

    static std::string_view non_null(const char* text) {
        if (text == nullptr) { throw std::invalid_argument{"text is NULL; pass its address"}; }
        return text;
    }

    bool contains(std::string_view text) const noexcept {
        return std::less_equal<>{}(begin(), text.data()) && std::less<>{}(text.data(), end());
    }

    size_type checked(size_type index) const {
        if (index >= size()) { throw_out_of_range(index, size()); }
        return index;
    }
    [[noreturn]] static void throw_out_of_range(size_type index, size_type size) {
        throw std::out_of_range{"there is no byte " + std::to_string(index) + " in a buffer of " +
                                std::to_string(size) + " bytes"};
    }

    detail::char_storage storage_;
};

}  // namespace clib::inline v0
