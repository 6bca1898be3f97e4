// refused: two functions or types of one name: give each its own
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value) noexcept;
extern "C" int64_t g() noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", "value"), function<&g>("f"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "value"), function<&g>("g"));
#endif
