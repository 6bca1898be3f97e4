// refused: convertible() is said of an array of const elements
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
inline double twice(double value) { return value * 2; }
#else
inline double twice(clib::ffi::array_view<const double, 1> value) { return value(0) * 2; }
#endif

CLIB_MODULE(sample, "1.0", function<&twice>("twice", parameter("value").convertible()));
