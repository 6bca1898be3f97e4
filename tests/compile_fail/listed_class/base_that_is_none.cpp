// refused: the class is not publicly derived from this base
#include <clib/ffi/module.hpp>

struct shape {};
struct circle : shape {};
struct stone {};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<shape>("Shape"), type<stone>("Stone").base<shape>());
#else
CLIB_MODULE(sample, "1.0", type<shape>("Shape"), type<circle>("Circle").base<shape>());
#endif
