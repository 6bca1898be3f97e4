// refused: a method, a destructor and a property take their object, a pointer to the
#include <clib/ffi/module.hpp>

struct thing;
struct other;
extern "C" int64_t f(other* self) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<other>("Other"), type<thing>("Thing").method<&f>("f"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing"), type<other>("Other").method<&f>("f"));
#endif
