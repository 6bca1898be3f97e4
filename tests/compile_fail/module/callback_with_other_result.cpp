// refused: a callback returns int64_t, where a negative number says that it has failed, or
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(double (*value)(void* context), void* context) noexcept;
#else
extern "C" int64_t f(int64_t (*value)(void* context), void* context) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
