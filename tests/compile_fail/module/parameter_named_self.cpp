// refused: two parameters of one function, or two members, have one name
#include <clib/ffi/module.hpp>

struct thing;
extern "C" int64_t f(thing* self, int64_t value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<&f>("f", "self"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<&f>("f", "value"));
#endif
