// refused: inside<T>: the module does not list T; list it with type<T>
#include <clib/ffi/module.hpp>

struct outer {
    int value;
};
struct inner {
    int value;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", inside<outer>(type<inner>("Inner")));
#else
CLIB_MODULE(sample, "1.0", type<outer>("Outer"), inside<outer>(type<inner>("Inner")));
#endif
