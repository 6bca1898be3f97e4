// refused: a pointer to a type that the module does not describe; list it with type<>
#include <clib/ffi/module.hpp>

struct thing;
struct other;

#ifdef FORBIDDEN
extern "C" int64_t f(thing* value) noexcept;
#else
extern "C" int64_t f(other* value) noexcept;
#endif

CLIB_MODULE(sample, "1.0", type<other>("Other"), function<&f>("f", "value"));
