// refused: list every member of the structure, in its order; it has no base, and members
#include <clib/ffi/module.hpp>

struct
#ifdef FORBIDDEN
    [[gnu::packed]]
#endif
    point {
    uint8_t x;
    uint32_t y;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x").member<&point::y>("y"));
#else
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x").member<&point::y>("y"));
#endif
