// refused: a name consists of letters, digits and _
#include <clib/ffi/module.hpp>

struct thing;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>(""));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing"));
#endif
