// refused: a part or a failure would get lost: return the body's type
#include <clib/ffi/call.hpp>

static int number = 0;

#ifdef FORBIDDEN
bool exported() noexcept {
#else
int* exported() noexcept {
#endif
    return clib::ffi::call([] { return &number; });
}
