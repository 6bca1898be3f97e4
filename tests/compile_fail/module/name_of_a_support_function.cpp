// refused: two functions, types or exceptions of one name: give each its own
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("last_error", "value"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("last_value", "value"));
#endif
