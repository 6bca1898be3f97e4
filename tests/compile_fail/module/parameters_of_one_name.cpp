// refused: two parameters of one function, or two members, have one name
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value, int64_t other) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", "value", "value"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "value", "other"));
#endif
