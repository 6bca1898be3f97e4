// refused: a wrong number of names: each parameter has one
#include <clib/ffi/module.hpp>

extern "C" int64_t f(const char* data, size_t size) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", "data", "size"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "data"));
#endif
