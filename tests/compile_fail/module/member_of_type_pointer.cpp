// refused: a member of a structure is a number of fixed width, a bool, or a structure that the
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
struct point {
    const char* x;
};
#else
struct point {
    int64_t x;
};
#endif

CLIB_MODULE(sample, "1.0", 
            structure<point>("Point").member<&point::x>("x"));
