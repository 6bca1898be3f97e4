// refused: structures in a row can be read only; pass a pointer to const
#include <clib/ffi/module.hpp>

struct point {
    int32_t x;
};

#ifdef FORBIDDEN
extern "C" int64_t f(point* value, size_t size) noexcept;
#else
extern "C" int64_t f(const point* value, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x"),
            function<&f>("f", "value"));
