// SPDX-License-Identifier: MIT
// Durations and points in time: nanoseconds in C, since 1970 in UTC for a point of the system's
// clock. Nothing is cut off: what a duration of C++ cannot hold is an error.
#pragma once

#include <clib/ffi/describe.h>

#include <clib/ffi/detail/convert.hpp>
#include <clib/ffi/kind.hpp>
#include <clib/ffi/status.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <ratio>
#include <tuple>
#include <type_traits>
#include <utility>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi {

namespace detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_time(const char* what,
                                                               std::int64_t nanoseconds,
                                                               bool is_range) {
    if (is_range) {
        fail(status::overflow, {what, " is ", nanoseconds,
                                " nanoseconds, more than its type can "
                                "hold in C++"});
    }
    fail(status::invalid, {what, " is ", nanoseconds,
                           " nanoseconds, and no whole number of the "
                           "unit that its type has in C++"});
}
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_long_time() {
    fail(status::overflow, {"the result is longer than 2**63 nanoseconds, about 292 years"});
}

/// Returns: The duration of so many nanoseconds. Throws: error, if there is none.
template <class Rep, class Period>
std::chrono::duration<Rep, Period> duration_of(std::int64_t nanoseconds, const char* what) {
    using unit = std::ratio_divide<Period, std::nano>;
    if constexpr (std::is_floating_point_v<Rep>) {
        return std::chrono::duration<Rep, Period>{static_cast<Rep>(nanoseconds) *
                                                  static_cast<Rep>(unit::den) /
                                                  static_cast<Rep>(unit::num)};
    } else {
        std::int64_t count = nanoseconds;
        if (__builtin_mul_overflow(count, std::int64_t{unit::den}, &count)) {
            refuse_time(what, nanoseconds, true);
        }
        if (count % unit::num != 0) { refuse_time(what, nanoseconds, false); }
        count /= unit::num;
        if (!std::in_range<Rep>(count)) { refuse_time(what, nanoseconds, true); }
        return std::chrono::duration<Rep, Period>{static_cast<Rep>(count)};
    }
}

/// Returns: A duration in nanoseconds, rounded to the next one. Throws: error(status::overflow).
template <class Rep, class Period>
std::int64_t nanoseconds_of(std::chrono::duration<Rep, Period> duration) {
    using unit = std::ratio_divide<Period, std::nano>;
    if constexpr (std::is_floating_point_v<Rep>) {
        constexpr double end = 9223372036854775808.0;
        const double count = static_cast<double>(duration.count()) *
                             static_cast<double>(unit::num) / static_cast<double>(unit::den);
        const double rounded = count < 0 ? count - 0.5 : count + 0.5;
        if (!(rounded > -end && rounded < end)) { refuse_long_time(); }
        return static_cast<std::int64_t>(rounded);
    } else {
        if (!std::in_range<std::int64_t>(duration.count())) { refuse_long_time(); }
        auto count = static_cast<std::int64_t>(duration.count());
        if (__builtin_mul_overflow(count, std::int64_t{unit::num}, &count)) { refuse_long_time(); }
        return count / unit::den;
    }
}

/// What the kinds of times have in common.
template <std::uint32_t Number>
struct time_kind : basic_kind<Number, std::int64_t> {
    using c_result = std::int64_t;
    static constexpr bool is_result = true;
    static constexpr bool is_callback_argument = true;

    class argument {
    public:
        static constexpr bool is_native = true;
        bool read(python_object* object) noexcept {
            python_object* const number = convert_argument(Number, object);
            if (number == nullptr) { return false; }
            int overflow = 0;
            nanoseconds_ = python.PyLong_AsLongLongAndOverflow(number, &overflow);
            python.Py_DecRef(number);
            return overflow == 0;
        }
        /// A default is a number of seconds.
        bool read_default(const clib_value& parameter) noexcept {
            const double nanoseconds = parameter.default_value->number * 1e9;
            nanoseconds_ =
                static_cast<std::int64_t>(nanoseconds < 0 ? nanoseconds - 0.5 : nanoseconds + 0.5);
            return true;
        }
        std::tuple<std::int64_t> c_values() const noexcept { return {nanoseconds_}; }

    private:
        std::int64_t nanoseconds_ = 0;
    };
    static constexpr bool converts_to_python = true;
    static python_object* to_python(std::int64_t nanoseconds) noexcept {
        return convert(Number, false, python.PyLong_FromLongLong(nanoseconds));
    }
};

}  // namespace detail

template <class Rep, class Period>
struct kind<std::chrono::duration<Rep, Period>> : detail::time_kind<CLIB_KIND_DURATION> {
    using duration = std::chrono::duration<Rep, Period>;
    static duration from_c(std::int64_t nanoseconds, const char* parameter) {
        return detail::duration_of<Rep, Period>(nanoseconds, parameter);
    }
    static std::int64_t to_body(duration value) { return detail::nanoseconds_of(value); }
    static constexpr bool accepts(const default_value& value) {
        constexpr double most = 9e9;  // seconds
        return (value.what == default_value::type::number ||
                value.what == default_value::type::integer) &&
               value.number > -most && value.number < most;
    }
};

/// A point of the system's clock is a time of the calendar; of any other clock, it is a duration.
template <class Clock, class Rep, class Period>
struct kind<std::chrono::time_point<Clock, std::chrono::duration<Rep, Period>>>
    : detail::time_kind<std::is_same_v<Clock, std::chrono::system_clock> ? CLIB_KIND_TIME
                                                                         : CLIB_KIND_DURATION> {
    using point = std::chrono::time_point<Clock, std::chrono::duration<Rep, Period>>;
    static point from_c(std::int64_t nanoseconds, const char* parameter) {
        return point{detail::duration_of<Rep, Period>(nanoseconds, parameter)};
    }
    static std::int64_t to_body(point value) {
        return detail::nanoseconds_of(value.time_since_epoch());
    }
};

}  // namespace clib::inline v0::ffi

#pragma GCC visibility pop
