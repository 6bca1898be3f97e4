// refused: a wrong number of names: each parameter has one
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value, int64_t other) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "value", "other"));
#endif
