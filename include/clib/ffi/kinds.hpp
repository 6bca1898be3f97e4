// SPDX-License-Identifier: MIT
// Every kind. A new one adds its line here.
#pragma once

#include <clib/ffi/kinds/array.hpp>          // numbers in one dimension or more
#include <clib/ffi/kinds/boolean.hpp>        // bool
#include <clib/ffi/kinds/bytes.hpp>          // bytes
#include <clib/ffi/kinds/callback.hpp>       // functions of the caller's
#include <clib/ffi/kinds/dict.hpp>           // values by keys
#include <clib/ffi/kinds/enumeration.hpp>    // enums and flags
#include <clib/ffi/kinds/function.hpp>       // std::function
#include <clib/ffi/kinds/lent_object.hpp>    // objects during a call
#include <clib/ffi/kinds/list.hpp>           // values in a row
#include <clib/ffi/kinds/memory.hpp>         // bytes to write, and addresses
#include <clib/ffi/kinds/number.hpp>         // integers, float, double
#include <clib/ffi/kinds/object.hpp>         // handles
#include <clib/ffi/kinds/optional.hpp>       // a value or none
#include <clib/ffi/kinds/passed_object.hpp>  // objects of the caller's
#include <clib/ffi/kinds/sequence.hpp>       // numbers in a row
#include <clib/ffi/kinds/set.hpp>            // values that are there once each
#include <clib/ffi/kinds/slice.hpp>          // a part of a sequence
#include <clib/ffi/kinds/status.hpp>         // a status, and void
#include <clib/ffi/kinds/structure.hpp>      // structures of plain members
#include <clib/ffi/kinds/text.hpp>           // text, and bytes to read
#include <clib/ffi/kinds/time.hpp>           // durations, and points in time
#include <clib/ffi/kinds/tuple.hpp>          // a value of each of several kinds
#include <clib/ffi/kinds/variant.hpp>        // a value of one of several kinds
