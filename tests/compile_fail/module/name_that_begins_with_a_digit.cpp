// refused: a name consists of letters, digits and _
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", "1st"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "first"));
#endif
