// refused: a part or a failure would get lost: return the body's type
#include <clib/ffi/call.hpp>

struct meters {
    double value;
    operator double() const noexcept { return value; }
};

#ifdef FORBIDDEN
std::int64_t exported() noexcept {
#else
meters exported() noexcept {
#endif
    return clib::ffi::call([] { return meters{1.5}; });
}
