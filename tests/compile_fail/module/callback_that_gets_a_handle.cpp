// refused: a callback gets numbers, text, numbers in a row to read, and structures
#include <clib/ffi/module.hpp>

struct thing;

#ifdef FORBIDDEN
extern "C" int64_t f(void (*value)(thing*, void* context), void* context) noexcept;
#else
extern "C" int64_t f(void (*value)(int64_t, void* context), void* context) noexcept;
#endif

CLIB_MODULE(sample, "1.0", type<thing>("Thing"), function<&f>("f", "value"));
