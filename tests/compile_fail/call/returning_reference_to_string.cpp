// refused: returns no reference, whose object may be gone by then; return a value
#include <clib/ffi/call.hpp>

#include <string>

static std::string kept;

const char* exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([]() -> const std::string& { return kept; });
#else
    return clib::ffi::call([]() -> std::string { return kept; });
#endif
}
