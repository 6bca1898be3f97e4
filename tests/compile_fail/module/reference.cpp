// refused: a function cannot change a value of its caller: take it by value or by const reference
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" int64_t f(int64_t& value) noexcept;
#else
extern "C" int64_t f(int64_t* value, size_t size) noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
