// refused: returns no view of text, whose owner may be gone by then; return std::string{...}
#include <clib/ffi/call.hpp>

#include <string>
#include <string_view>

static std::string kept;

const char* exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return std::string_view{kept}; });
#else
    return clib::ffi::call([] { return std::string{kept}; });
#endif
}
