// refused: a function without a result cannot say that it has failed
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" void f() noexcept;
#else
extern "C" clib::ffi::status f() noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f"));
