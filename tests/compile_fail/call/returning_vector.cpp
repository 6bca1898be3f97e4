// refused: a body given to call() returns nothing, an integer, a bool, a double, an enum
#include <clib/ffi/call.hpp>

#include <vector>

std::int64_t exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return std::vector<int>{1}; });
#else
    return clib::ffi::call([] { return 1; });
#endif
}
