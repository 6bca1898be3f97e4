// refused: list the base of a class with type<>, before the class
#include <clib/ffi/module.hpp>

struct shape {};
struct circle : shape {};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<circle>("Circle").base<shape>(), type<shape>("Shape"));
#else
CLIB_MODULE(sample, "1.0", type<shape>("Shape"), type<circle>("Circle").base<shape>());
#endif
