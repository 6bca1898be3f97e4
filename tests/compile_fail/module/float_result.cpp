// refused: a result is int64_t, clib::ffi::status, bool, double, const char* for text
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" float f() noexcept;
#else
extern "C" double f() noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f"));
