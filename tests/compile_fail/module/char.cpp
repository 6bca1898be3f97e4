// refused: the size or sign of this type varies between machines; use int64_t or another
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(char value) noexcept;
#else
extern "C" int64_t f(uint8_t value) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
