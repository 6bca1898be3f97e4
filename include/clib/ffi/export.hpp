// SPDX-License-Identifier: MIT
// CLIB_EXPORT marks the functions of a shim that other languages may call. Everything else should
// be compiled with -fvisibility=hidden.
#pragma once

#ifdef _WIN32
#define CLIB_EXPORT __declspec(dllexport)
#else
#define CLIB_EXPORT __attribute__((visibility("default")))
#endif
