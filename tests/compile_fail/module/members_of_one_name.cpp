// refused: two parameters of one function, or two members, have one name
#include <clib/ffi/module.hpp>

struct point {
    int32_t x, y;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x").member<&point::y>("x"));
#else
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x").member<&point::y>("y"));
#endif
