// refused: the size or sign of this type varies between machines; return int64_t
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
extern "C" long long f() noexcept;
#else
extern "C" int64_t f() noexcept;
#endif

CLIB_MODULE(sample, "1.0", function<&f>("f"));
