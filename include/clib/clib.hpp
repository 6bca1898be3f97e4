// SPDX-License-Identifier: MIT
// The three types. Each header also stands alone.
#pragma once

#include <clib/c_string.hpp>     // c_string: one owner of a char*, with its library's own deleter
#include <clib/char_buffer.hpp>  // char_buffer: mutable, growable bytes that C can take over
#include <clib/counter.hpp>      // counter: numbers handed out once each, from any thread
#include <clib/version.hpp>      // CLIB_VERSION_MAJOR, _MINOR, _PATCH
