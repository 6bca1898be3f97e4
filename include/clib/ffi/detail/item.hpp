// SPDX-License-Identifier: MIT
// Items in one block, with the text that they point to: how a value that holds others travels as a
// result (clib_item in describe.h).
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/status.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

constexpr bool holds_items(std::uint32_t kind) noexcept {
    return kind >= CLIB_KIND_OPTIONAL && kind <= CLIB_KIND_VARIANT;
}

/// A block of items. While it grows, items are known by their place in it, and an item has the
/// place of what it points to.
class item_block {
public:
    /// One with its first item.
    item_block() { add_items(1); }

    /// Returns: The place of the first of so many items, all of them nothing.
    std::size_t add_items(std::size_t count) { return add_room(count * sizeof(clib_item)); }

    void set_nothing(std::size_t place) { set(place, clib_item{}); }
    /// A text, or the bytes of a structure.
    void set_text(std::size_t place, std::uint32_t kind, std::string_view text) {
        const std::size_t start = add_room(text.size() + 1);
        std::memcpy(bytes_.data() + start, text.data(), text.size());
        set(place, {kind, 0, {.natural = start}, text.size()});
    }
    void set_items(std::size_t place, std::uint32_t kind, std::size_t first, std::size_t count) {
        set(place, {kind, 0, {.natural = count > 0 ? first : 0}, count});
    }
    void set_handle(std::size_t place, void* handle) {
        set(place, {CLIB_KIND_HANDLE, 0, {.handle = handle}, 0});
    }
    void set_array(std::size_t place, clib_array* array) {
        set(place, {CLIB_KIND_ARRAY, 0, {.handle = array}, 0});
    }
    void set_number(std::size_t place, std::uint32_t kind, std::floating_point auto number) {
        set(place, {kind, 0, {.number = static_cast<double>(number)}, 0});
    }
    void set_number(std::size_t place, std::uint32_t kind, std::integral auto number) {
        if constexpr (std::unsigned_integral<decltype(number)>) {
            set(place, {kind, 0, {.natural = number}, 0});
        } else {
            set(place, {kind, 0, {.integer = number}, 0});
        }
    }
    void set_alternative(std::size_t place, std::size_t alternative) {
        clib_item item = at(place);
        item.alternative = static_cast<std::uint32_t>(alternative);
        set(place, item);
    }

    /// Returns: The block, which begins with the first item. It may be moved, but not copied.
    std::string finish() && {
        // So long that it lies where it is (own_text in entry.hpp), for it points into itself.
        if (bytes_.size() < shortest) { bytes_.resize(shortest); }
        set_addresses(0, 1);
        return std::move(bytes_);
    }

private:
    static constexpr std::size_t shortest = sizeof(clib_outcome::room);

    std::size_t add_room(std::size_t size) {
        const std::size_t start = bytes_.size();
        constexpr std::size_t alignment = alignof(clib_item);
        bytes_.resize(start + (size + alignment - 1) / alignment * alignment);
        return start;
    }
    clib_item at(std::size_t place) const {
        clib_item item;
        std::memcpy(&item, bytes_.data() + place, sizeof item);
        return item;
    }
    void set(std::size_t place, const clib_item& item) {
        std::memcpy(bytes_.data() + place, &item, sizeof item);
    }
    void set_addresses(std::size_t first, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t place = first + i * sizeof(clib_item);
            clib_item item = at(place);
            const std::size_t target = item.value.natural;
            if (item.count == 0 && item.kind != CLIB_KIND_TEXT && item.kind != CLIB_KIND_BYTES &&
                item.kind != CLIB_KIND_PATH) {
                continue;  // a number, a handle, or what holds nothing
            }
            item.value.text = bytes_.data() + target;
            set(place, item);
            if (holds_items(item.kind)) { set_addresses(target, item.count); }
        }
    }

    std::string bytes_;
};

/// Where an item is, for what is said of a wrong one: values[3][0].
class item_path {
public:
    explicit item_path(const char* parameter) noexcept : parameter_{parameter} {}
    item_path(const item_path& outer, std::size_t index) noexcept
        : parameter_{outer.parameter_}, outer_{&outer}, index_{index} {}

    const char* parameter() const noexcept { return parameter_; }
    std::string text() const {
        return outer_ == nullptr ? parameter_ : outer_->text() + '[' + std::to_string(index_) + ']';
    }

    /// Throws: error, unless the item is of the kind, and holds so many values.
    void require(const clib_item& item, std::uint32_t kind) const {
        if (item.kind != kind) { refuse_kind(item, kind); }
    }
    void require_count(const clib_item& item, std::size_t count) const {
        if (item.count != count) { refuse_count(item, count); }
    }
    [[noreturn, gnu::cold, gnu::noinline]] void refuse_kind(const clib_item& item,
                                                            std::uint32_t kind) const {
        fail(status::type_error, {text().c_str(), " is an item of kind ", item.kind,
                                  "; pass one of kind ", kind, " (clib_kind in describe.h)"});
    }

private:
    [[noreturn, gnu::cold, gnu::noinline]] void refuse_count(const clib_item& item,
                                                             std::size_t count) const {
        fail(status::invalid, {text().c_str(), " has ", item.count, " items; pass ", count});
    }

    const char* parameter_;
    const item_path* outer_ = nullptr;
    std::size_t index_ = 0;
};

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
