// refused: the member belongs to another class
#include <clib/ffi/module.hpp>

struct thing {
    int size() const;
};
struct other {
    int size() const;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<&other::size>("size"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<&thing::size>("size"));
#endif
