// refused: a pointer to numbers is followed by a size_t
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(const double* value) noexcept;
#else
extern "C" int64_t f(const double* value, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
