// refused: list every member of the structure, in its order; it has no base, and members
#include <clib/ffi/module.hpp>

struct point {
    int32_t x;
    float y;
    uint8_t red;
    uint8_t green;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::y>("y").member<&point::x>("x")
    .member<&point::red>("red").member<&point::green>("green"));
#else
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x").member<&point::y>("y")
    .member<&point::red>("red").member<&point::green>("green"));
#endif
