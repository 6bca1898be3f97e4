// refused: void* and pointers to pointers say nothing about what they point to
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(void* value) noexcept;
#else
extern "C" int64_t f(const char* value, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
