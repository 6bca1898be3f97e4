// SPDX-License-Identifier: MIT
// Iteration over a listed class that is a range of C++. An iterator has the elements that the range
// had when it began, as a copy: whatever happens to the object then, nothing dangles, and the
// object need not live on.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/listed_class.hpp>
#include <clib/ffi/detail/symbol.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/status.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

template <class T>
concept has_begin_and_end = requires(T& range) {
    std::begin(range) == std::end(range);
    ++std::declval<decltype(std::begin(range))&>();
};

template <class T>
struct range_of {
    static_assert(has_begin_and_end<const T> || has_begin_and_end<T>,
                  "a class that can be iterated over has begin() and end()");
    using type = T;
};
template <class T>
    requires has_begin_and_end<const T>
struct range_of<T> {
    using type = const T;
};

/// What an iterator keeps of an element: of that of a map, a pair that can be changed.
template <class Element>
struct kept_element {
    using type = Element;
};
template <class Key, class Value>
struct kept_element<std::pair<const Key, Value>> {
    using type = std::pair<Key, Value>;
};
template <class Range>
struct range_element {
    using type = std::int64_t;  // after the error, so that none follows it
};
template <has_begin_and_end Range>
struct range_element<Range>
    : kept_element<
          typename std::iterator_traits<decltype(std::begin(std::declval<Range&>()))>::value_type> {
};

template <class T>
class range_iterator {
public:
    using range = typename range_of<T>::type;
    using element = typename range_element<range>::type;

    explicit range_iterator(range& elements) {
        if constexpr (has_begin_and_end<range>) {
            if constexpr (requires { std::size(elements); }) {
                elements_.reserve(static_cast<std::size_t>(std::size(elements)));
            }
            const auto end = std::end(elements);
            for (auto at = std::begin(elements); !(at == end); ++at) {
                elements_.emplace_back(*at);
            }
        }
    }

    element next() {
        if (next_ == elements_.size()) {
            fail(status::stop_iteration, {"there is nothing more"});  // an error is found quickest
        }
        return std::move(elements_[next_++]);
    }
    std::int64_t rest() const noexcept {
        return static_cast<std::int64_t>(elements_.size() - next_);
    }

private:
    std::vector<element> elements_;
    std::size_t next_ = 0;
};

template <class T>
range_iterator<T> iterate(typename range_of<T>::type& range) {
    return range_iterator<T>{range};
}

template <class T>
inline constexpr auto type_symbol<range_iterator<T>> = [] {
    constexpr std::string_view end = "_iterator";
    constexpr std::string_view name = name_of_type<T>();
    std::array<char, name.size() + end.size() + 1> symbol{};
    std::copy(end.begin(), end.end(), std::copy(name.begin(), name.end(), symbol.begin()));
    return symbol;
}();

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
