// refused: a result is a fixed-width integer, clib::ffi::status, bool, double, float
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" char* f() noexcept;
#else
extern "C" const char* f() noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f"));
