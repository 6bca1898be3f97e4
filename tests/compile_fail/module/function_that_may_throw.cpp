// refused: a function that C calls must be noexcept
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(const char* text, size_t size);
#else
extern "C" int64_t f(const char* text, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "text"));
