// refused: two functions of one name take the same: give each its own name
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value) noexcept;
extern "C" int64_t g(int64_t number) noexcept;
extern "C" int64_t h(double number) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", "value"), function<&g>("f", "number"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "value"), function<&h>("f", "number"));
#endif
