// refused: a parameter without a default follows one that has a default
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value, int64_t other) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", parameter{"value", 1}, "other"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "value", parameter{"other", 1}));
#endif
