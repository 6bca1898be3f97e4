// refused: a parameter or result has a type that clib does not know: list the class with type<>
#include <clib/ffi/module.hpp>

struct point {
    int32_t x;
};

#ifdef FORBIDDEN
extern "C" point f() noexcept;
#else
extern "C" int64_t f() noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f"));
