// refused: a body given to call() returns nothing, an integer, a bool, a double, an enum
#include <clib/ffi/call.hpp>

std::int64_t exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return L'x'; });
#else
    return clib::ffi::call([] { return 'x'; });
#endif
}
