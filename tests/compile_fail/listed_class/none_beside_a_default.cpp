// refused: what may be None has no default but nullptr
#include <clib/ffi/module.hpp>

extern "C" bool f(const char* text) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", parameter("text", "a").or_none()));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", parameter("text", nullptr).or_none()));
#endif
