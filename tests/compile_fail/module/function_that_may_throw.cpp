// refused: a function that C calls must be noexcept
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(int64_t value);
#else
extern "C" int64_t f(int64_t value) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
