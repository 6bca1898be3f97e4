// SPDX-License-Identifier: MIT
// What makes a function visible to those who load the library.
#pragma once

/// Marks a function of a shim that other languages may call. Compile everything else with
/// -fvisibility=hidden.
#ifdef _WIN32
#define CLIB_EXPORT __declspec(dllexport)
#else
#define CLIB_EXPORT __attribute__((visibility("default")))
#endif
