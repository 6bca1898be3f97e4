// refused: implicit() is said of a constructor that needs one argument
#include <clib/ffi/module.hpp>

struct point {
    double x, y;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<point>("Point").constructor<double, double>("x", "y").implicit());
#else
CLIB_MODULE(sample, "1.0",
            type<point>("Point").constructor<double, double>("x", parameter{"y", 0.0}).implicit());
#endif
