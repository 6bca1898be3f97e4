// refused: a comparable class has a const operator== or operator<
#include <clib/ffi/module.hpp>

struct plain {
    int value;
};
struct compared {
    int value;
    bool operator==(const compared&) const = default;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<plain>("Plain").comparable());
#else
CLIB_MODULE(sample, "1.0", type<compared>("Compared").comparable());
#endif
