// refused: returns no view of text, whose owner may be gone by then; return std::string{...}
#include <clib/ffi/call.hpp>

const char* exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return "none"; });
#else
    return clib::ffi::call([] { return clib::ffi::static_text{"none"}; });
#endif
}
