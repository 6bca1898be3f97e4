// refused: list a structure after those that are members of it
#include <clib/ffi/module.hpp>

struct point {
    int32_t x;
};
struct line {
    point from;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", structure<line>("Line").member<&line::from>("from"),
            structure<point>("Point").member<&point::x>("x"));
#else
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x"),
            structure<line>("Line").member<&line::from>("from"));
#endif
