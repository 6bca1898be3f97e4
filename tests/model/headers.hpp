// clib's real headers, as they are, on the memory of the model: what they call std::atomic, this
// thread's address and giving way to others is the model's. The headers of the standard library
// come first, so that those words mean in them what they always do.
#pragma once

#include "atomic.hpp"

#include <pthread.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace std {
template <class T>
using modelled_atomic = model::atomic<T>;
namespace this_thread {
inline void modelled_yield() { model::yield(); }
}  // namespace this_thread
}  // namespace std

#define atomic modelled_atomic
#define yield modelled_yield
#define __builtin_thread_pointer model::this_thread

#include <clib/counter.hpp>
#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/handle/joint_use.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/handle_table.hpp>

#undef atomic
#undef yield
#undef __builtin_thread_pointer
