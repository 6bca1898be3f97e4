// refused: a destructor and an unpin return int64_t or clib::ffi::status
#include <clib/ffi/module.hpp>

struct thing;
extern "C" const char* f(thing* self) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").destructor<&f>());
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<&f>("f"));
#endif
