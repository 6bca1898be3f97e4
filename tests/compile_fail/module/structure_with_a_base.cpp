// refused: list every member of the structure, in its order; it has no base, and members
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
struct base {};
struct point : base {
    int32_t x;
};
#else
struct point {
    int32_t x;
};
#endif

CLIB_MODULE(sample, "1.0", 
            structure<point>("Point").member<&point::x>("x"));
