// SPDX-License-Identifier: MIT
// What the headers under test include themselves, and what they get in its place. Words that mean
// something else in them (headers.hpp) mean in these what they always do.
#pragma once

#include "atomic.hpp"

#include <pthread.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>
