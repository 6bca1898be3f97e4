// refused: a parameter has a type that clib does not know
#include <clib/ffi/module.hpp>

struct thing {};
struct other {
    int of(const thing&) const;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<other>("Other").method<&other::of>("of", "thing"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing"),
            type<other>("Other").method<&other::of>("of", "thing"));
#endif
