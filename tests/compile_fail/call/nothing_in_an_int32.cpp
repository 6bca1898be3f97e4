// refused: a failure of this body would get lost: return int64_t
#include <clib/ffi/call.hpp>

#ifdef FORBIDDEN
std::int32_t exported() noexcept {
#else
std::int64_t exported() noexcept {
#endif
    return clib::ffi::call([] {});
}
