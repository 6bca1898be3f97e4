// refused: a part or a failure would get lost: return the body's type
#include <clib/ffi/call.hpp>

static char kept = 0;

const char* exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return &kept; });
#else
    return clib::ffi::call([] { return clib::ffi::static_text{&kept}; });
#endif
}
