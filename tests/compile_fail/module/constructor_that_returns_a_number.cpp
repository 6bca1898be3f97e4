// refused: a constructor returns a pointer to its type
#include <clib/ffi/module.hpp>

struct thing;
extern "C" int64_t f(int64_t value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").constructor<&f>("value"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").function<&f>("f", "value"));
#endif
