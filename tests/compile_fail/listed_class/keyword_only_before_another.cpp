// refused: parameters that are keyword_only() are the last ones
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0",
            function<[](int a, int b) { return a + b; }>("f", parameter("a").keyword_only(), "b"));
#else
CLIB_MODULE(sample, "1.0",
            function<[](int a, int b) { return a + b; }>("f", "a", parameter("b").keyword_only()));
#endif
