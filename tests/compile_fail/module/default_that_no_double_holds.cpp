// refused: a default is a value that its parameter can have
#include <clib/ffi/module.hpp>

extern "C" int64_t f(double value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", parameter{"value", (int64_t{1} << 53) + 1}));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", parameter{"value", 1}));
#endif
