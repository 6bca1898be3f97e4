// refused: an enumeration means nothing to C; pass int64_t
#include <clib/ffi/module.hpp>

enum colour { red, green };

#ifdef FORBIDDEN
extern "C" int64_t f(colour value) noexcept;
#else
extern "C" int64_t f(int64_t value) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
