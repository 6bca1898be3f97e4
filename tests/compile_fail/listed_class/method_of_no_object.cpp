// refused: a method, a destructor and a property take their object
#include <clib/ffi/module.hpp>

struct thing {};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<[](int number) { return number; }>("f", "n"));
#else
CLIB_MODULE(sample, "1.0",
            type<thing>("Thing").function<[](int number) { return number; }>("f", "n"));
#endif
