// refused: convertible() is said of an array of const elements
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
using element = double;
#else
using element = const double;
#endif

inline double first(clib::ffi::array_view<element, 1> values) { return values(0); }

CLIB_MODULE(sample, "1.0", function<&first>("first", parameter("values").convertible()));
