// refused: a body given to call() returns nothing, an integer, a bool, a double, an enum
#include <clib/ffi/call.hpp>

#include <map>

std::int64_t exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return std::map<int, int>{}; });
#else
    return clib::ffi::call([] { return 1; });
#endif
}
