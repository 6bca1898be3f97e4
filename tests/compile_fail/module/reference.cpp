// refused: a reference cannot be passed to C; pass a pointer
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(int64_t& value) noexcept;
#else
extern "C" int64_t f(int64_t* value, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
