// refused: the size or sign of this type varies between machines; use int64_t or another
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(long double value) noexcept;
#else
extern "C" int64_t f(double value) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
