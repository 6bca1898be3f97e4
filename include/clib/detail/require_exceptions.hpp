// SPDX-License-Identifier: MIT
// Included before anything that throws, so that the first error says why.
#pragma once

#if !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#error "clib throws: compile without -fno-exceptions, or use its C ABI, clib.h"
#endif
