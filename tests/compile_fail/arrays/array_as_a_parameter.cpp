// refused: a function takes an array_view; it returns an array
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
inline double first(clib::ffi::array<double, 1> values) { return values(0); }
#else
inline double first(clib::ffi::array_view<double, 1> values) { return values(0); }
#endif

CLIB_MODULE(sample, "1.0", function<&first>("first", "values"));
