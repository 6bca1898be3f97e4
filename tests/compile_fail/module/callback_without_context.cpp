// refused: a function pointer is followed by the void* context that it is called with
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(int64_t (*value)(void* context)) noexcept;
#else
extern "C" int64_t f(int64_t (*value)(void* context), void* context) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
