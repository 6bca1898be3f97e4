// SPDX-License-Identifier: MIT
// The memory of a char_buffer: bytes from malloc, NUL-terminated at every moment. Nothing is
// allocated before the first byte needs it. What throws has no effect when it does.
#pragma once

#include <clib/detail/require_cpp20.hpp>
#include <clib/detail/require_exceptions.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace clib::inline v0::detail {

class char_storage {
public:
    static constexpr std::size_t max_size = PTRDIFF_MAX - 1;

    char_storage() noexcept = default;
    char_storage(char_storage&& other) noexcept { swap(other); }
    char_storage& operator=(char_storage&& other) noexcept {
        char_storage{std::move(other)}.swap(*this);
        return *this;
    }
    ~char_storage() { std::free(data_); }

    void swap(char_storage& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    char* data() noexcept { return data_ != nullptr ? data_ : &empty_; }
    const char* data() const noexcept { return data_ != nullptr ? data_ : &empty_; }
    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }

    /// Requires: `size <= capacity()`.
    void set_size(std::size_t size) noexcept {
        size_ = size;
        if (data_ != nullptr) { data_[size] = '\0'; }
    }

    void reserve(std::size_t capacity) {
        if (capacity > capacity_ || data_ == nullptr) { reallocate(capacity); }
    }
    void shrink_to_fit() {
        if (size_ < capacity_) { reallocate(size_); }
    }

    /// Makes room for `size` bytes; doubles at least, so that appending bytes takes linear time.
    void grow_to(std::size_t size) {
        if (size > capacity_) { reallocate(std::max(size, std::min(capacity_ * 2, max_size))); }
    }
    void grow_by(std::size_t count) {
        if (count <= capacity_ - size_) { return; }
        if (count > max_size - size_) { throw_length_error(); }
        grow_to(std::max(size_ + count, smallest_growth));
    }

    // The members are read before the bytes are written, and written after them: to the compiler, a
    // char that is written may be a part of any member.

    void push_back(char value) {
        if (size_ == capacity_) [[unlikely]] { grow_by(1); }
        const std::size_t size = size_ + 1;
        char* const end = data_ + size_;
        end[0] = value;
        end[1] = '\0';
        size_ = size;
    }

    /// Requires: `count` is from 1 to capacity() - size().
    void append(const char* bytes, std::size_t count) noexcept {
        const std::size_t size = size_ + count;
        char* const end = data_ + size_;
        std::memcpy(end, bytes, count);
        end[count] = '\0';
        size_ = size;
    }

    /// Opens `count` bytes of no particular value at `index`.
    char* open_gap(std::size_t index, std::size_t count) {
        grow_by(count);
        char* const gap = data() + index;
        std::memmove(gap + count, gap, size_ - index);
        set_size(size_ + count);
        return gap;
    }
    void close_gap(std::size_t index, std::size_t count) noexcept {
        char* const gap = data() + index;
        std::memmove(gap, gap + count, size_ - index - count);
        set_size(size_ - count);
    }

    /// Returns: Memory to be freed with free(); never NULL.
    char* release() {
        reserve(0);
        size_ = capacity_ = 0;
        return std::exchange(data_, nullptr);
    }

private:
    // What has grown once goes on growing; smaller steps cost more allocations than they save.
    static constexpr std::size_t smallest_growth = 256;
    // Up to here malloc() takes what free() has put at hand (in glibc, a thread's own list), and
    // that is faster than realloc(), which does not.
    static constexpr std::size_t greatest_copy = 1024;

    void reallocate(std::size_t capacity) {
        if (capacity > max_size) { throw_length_error(); }
        data_ = moved(data_, std::min(capacity_, capacity), capacity);
        capacity_ = capacity;
    }

    /// Returns: The `size` bytes in memory for `capacity` and the NUL. `data`, which may be NULL,
    /// is freed. Throws: std::bad_alloc; nothing has happened then.
    // Not inline: it is rare, and GCC would mistake what it knows of the memory for all of it.
    [[gnu::noinline, gnu::returns_nonnull]] static char* moved(char* data, std::size_t size,
                                                               std::size_t capacity) {
        const bool is_copied = data == nullptr || capacity <= greatest_copy;
        void* const memory =
            is_copied ? std::malloc(capacity + 1) : std::realloc(data, capacity + 1);
        if (memory == nullptr) { throw std::bad_alloc{}; }
        auto* const bytes = static_cast<char*>(memory);
        if (data == nullptr) {
            bytes[0] = '\0';
        } else if (is_copied) {
            std::memcpy(bytes, data, size + 1);
            std::free(data);
        }
        return bytes;
    }

    [[noreturn]] static void throw_length_error() {
        throw std::length_error{"more bytes are asked for than a memory can hold"};
    }

    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    char empty_ = '\0';  // what data() shows while nothing is allocated
};

}  // namespace clib::inline v0::detail
