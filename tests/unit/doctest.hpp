// SPDX-License-Identifier: MIT
// doctest, from where the system or the subproject has it.
#pragma once

#if __has_include(<doctest/doctest.h>)
#include <doctest/doctest.h>
#else
#include <doctest.h>
#endif
