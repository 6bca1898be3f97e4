// refused: list every member of the structure, in its order; it has no base, and members
#include <clib/ffi/module.hpp>

struct point {
    int32_t x, y;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x").member<&point::x>("x"));
#else
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x").member<&point::y>("y"));
#endif
