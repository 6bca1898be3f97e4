// SPDX-License-Identifier: MIT
// The second file of the program in main.cpp.
#include "seen.hpp"

seen see_from_other_file(clib::counter& numbers) { return see(numbers); }
