// refused: a pin returns the address of its object's bytes, a char*
#include <clib/ffi/module.hpp>

struct thing;
extern "C" char* pin(thing* self) noexcept;
extern "C" int64_t unpin(thing* self) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").buffer<&unpin, &unpin>());
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").buffer<&pin, &unpin>());
#endif
