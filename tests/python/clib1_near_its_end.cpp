// SPDX-License-Identifier: MIT
// libclib1 with its counter just before the end of int's range, up to which no test could count.
#include "../../examples/tutorial/clib1.cpp"

static const int first_of_those_taken = counter.reserve(counter.max_value - 2);
