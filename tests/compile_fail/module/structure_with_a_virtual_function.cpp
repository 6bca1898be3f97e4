// refused: a structure that C sees is a plain aggregate: no base, no constructor, nothing
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
struct point {
    virtual void move();
    int32_t x;
};
#else
struct point {
    void move();
    int32_t x;
};
#endif

CLIB_MODULE(sample, "1.0", 
            structure<point>("Point").member<&point::x>("x"));
