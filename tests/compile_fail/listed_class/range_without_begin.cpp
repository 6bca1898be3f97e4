// refused: a class that can be iterated over has begin() and end()
#include <clib/ffi/module.hpp>

struct thing {
    const int* begin() const;
    const int* end() const;
};
struct other {};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<other>("Other").iterable("OtherIterator"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").iterable("ThingIterator"));
#endif
