// refused: a view can outlive what it shows: return an array
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
inline clib::ffi::array_view<double, 1> made() { return {}; }
#else
inline clib::ffi::array<double, 1> made() { return std::vector<double>{1}; }
#endif

CLIB_MODULE(sample, "1.0", function<&made>("made"));
