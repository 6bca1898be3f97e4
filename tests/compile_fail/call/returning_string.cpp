// refused: a body given to call() returns nothing, an integer or a pointer
#include <clib/ffi/call.hpp>

std::int64_t exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return std::string{"text"}; });
#else
    return clib::ffi::call([] { return 1; });
#endif
}
