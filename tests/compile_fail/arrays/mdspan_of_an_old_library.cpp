// refused: this standard library has no std::mdspan: compile as C++23, with libc++ 18 or a newer
// one
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
#include <clib/ffi/kinds/mdspan.hpp>
#endif

inline double first(clib::ffi::array_view<const double, 1> values) { return values(0); }

CLIB_MODULE(sample, "1.0", function<&first>("first", "values"));
