// refused: an array has elements of an integer type, bool, float, double, a plain structure
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
using element = char;
#else
using element = signed char;
#endif

inline double first(clib::ffi::array_view<const element, 1> values) { return values(0); }

CLIB_MODULE(sample, "1.0", function<&first>("first", "values"));
