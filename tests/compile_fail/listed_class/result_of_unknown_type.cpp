// refused: a parameter or result has a type that clib does not know: list the class
#include <clib/ffi/module.hpp>

struct thing {};
struct other {
    thing make() const;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<other>("Other").method<&other::make>("make"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing"), type<other>("Other").method<&other::make>("make"));
#endif
