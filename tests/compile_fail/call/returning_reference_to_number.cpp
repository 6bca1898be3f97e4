// refused: returns no reference, whose object may be gone by then; return a value
#include <clib/ffi/call.hpp>

static int kept = 0;

std::int64_t exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([]() -> int& { return kept; });
#else
    return clib::ffi::call([]() -> int { return kept; });
#endif
}
