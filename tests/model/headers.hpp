// SPDX-License-Identifier: MIT
// clib's real headers, as they are, on the memory of the model: what they call std::atomic, this
// thread's address and giving way to others is the model's.
#pragma once

#include "standard.hpp"

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
