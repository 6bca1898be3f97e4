// refused: a C++ type cannot be passed to C
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(std::string value) noexcept;
#else
extern "C" int64_t f(const char* value, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
