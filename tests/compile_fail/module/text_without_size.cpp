// refused: a char* has a size_t after it, the room that it points to
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(char* value) noexcept;
#else
extern "C" int64_t f(char* value, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
