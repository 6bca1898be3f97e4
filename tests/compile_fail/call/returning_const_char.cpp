// refused: returns no view of text, whose owner may be gone by then; return std::string{...}
#include <clib/ffi/call.hpp>

#include <string>

static std::string kept;

const char* exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return kept.c_str(); });
#else
    return clib::ffi::call([] { return kept; });
#endif
}
