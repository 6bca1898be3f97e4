// refused: an integer result is int64_t, where a negative number stands for a failure
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int f() noexcept;
#else
extern "C" int64_t f() noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f"));
