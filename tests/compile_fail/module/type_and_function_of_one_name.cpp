// refused: two functions, types or exceptions of one name: give each its own
#include <clib/ffi/module.hpp>

struct thing;
extern "C" int64_t f(int64_t value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("f"), function<&f>("f", "value"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing"), function<&f>("f", "value"));
#endif
