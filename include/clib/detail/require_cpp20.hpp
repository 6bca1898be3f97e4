// SPDX-License-Identifier: MIT
// Included before anything that an older standard cannot read, so that the first error says why.
#pragma once

#if __cplusplus < 202002L
#error "clib needs C++20: compile with -std=c++20"
#endif
