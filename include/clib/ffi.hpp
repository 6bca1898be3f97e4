// SPDX-License-Identifier: MIT
// The toolkit for putting a C ABI on C++ code. Each header also stands alone.
#pragma once

#include <clib/detail/require_exceptions.hpp>

// First, so that what the compiler says of a listing begins here.
#include <clib/ffi/detail/fault.hpp>

#include <clib/ffi/argument.hpp>      // checked views of what C passed in
#include <clib/ffi/call.hpp>          // the boundary: exceptions become a status and a sentence
#include <clib/ffi/callback.hpp>      // functions of the caller's, called and kept
#include <clib/ffi/export.hpp>        // CLIB_EXPORT
#include <clib/ffi/handle_table.hpp>  // objects behind handles that cannot be misused
#include <clib/ffi/interrupted.hpp>   // whether a call should end because of Ctrl-C
#include <clib/ffi/last_error.hpp>    // this thread's last failure
#include <clib/ffi/lendable.hpp>      // addresses inside an object, lent and given back
#include <clib/ffi/module.hpp>        // CLIB_MODULE: the library describes itself
#include <clib/ffi/slice.hpp>         // x[start:stop:step]
#include <clib/ffi/status.hpp>        // the codes, and the error that carries one
