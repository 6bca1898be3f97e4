// refused: returns no view of text, whose owner may be gone by then; return std::string{...}
#include <clib/ffi/call.hpp>

#include <string>

static std::string kept;

const std::uint8_t* exported() noexcept {
#ifdef FORBIDDEN
    return clib::ffi::call([] { return reinterpret_cast<const std::uint8_t*>(kept.data()); });
#else
    return clib::ffi::call([] { return kept; });
#endif
}
