// SPDX-License-Identifier: MIT
// The version of the headers. The build's project version, clib.h and the run-time getter of the
// shim are checked against what stands here. The namespace v0 follows the major number, so two
// incompatible versions in one program stay apart.
#pragma once

#define CLIB_VERSION_MAJOR 0
#define CLIB_VERSION_MINOR 2
#define CLIB_VERSION_PATCH 0
#define CLIB_VERSION_STRING "0.2.0"
