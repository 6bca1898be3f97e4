// refused: a result is a fixed-width integer, clib::ffi::status, bool, double, float
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" long double f() noexcept;
#else
extern "C" double f() noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f"));
