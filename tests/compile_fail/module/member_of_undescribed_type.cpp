// refused: a member of a structure is a number of fixed width, a bool, or a structure that the
#include <clib/ffi/module.hpp>

struct point {
    int32_t x;
};
struct line {
    point from;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", structure<line>("Line").member<&line::from>("from"));
#else
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x"),
            structure<line>("Line").member<&line::from>("from"));
#endif
