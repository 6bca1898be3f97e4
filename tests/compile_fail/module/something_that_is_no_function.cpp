// refused: only a function can be listed: write &its_name
#include <clib/ffi/module.hpp>

extern "C" int64_t variable;
extern "C" int64_t f(int64_t value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&variable>("f"));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", "value"));
#endif
