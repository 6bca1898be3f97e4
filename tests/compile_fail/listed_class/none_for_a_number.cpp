// refused: only what is a pointer in C++ can be None
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0",
            function<[](int value) { return value; }>("f", parameter("value").or_none()));
#else
CLIB_MODULE(sample, "1.0", function<[](int value) { return value; }>("f", parameter("value")));
#endif
