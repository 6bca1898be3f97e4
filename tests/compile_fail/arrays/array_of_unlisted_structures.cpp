// refused: an array of a structure that the module does not list; list it with structure<>
#include <clib/ffi/module.hpp>

struct point {
    double x;
};
inline double first(clib::ffi::array_view<const point, 1> points) { return points[0].x; }

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&first>("first", "points"));
#else
CLIB_MODULE(sample, "1.0", structure<point>("Point").member<&point::x>("x"),
            function<&first>("first", "points"));
#endif
