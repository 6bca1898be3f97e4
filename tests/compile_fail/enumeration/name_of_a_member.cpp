// refused: the name of an enum's member begins with a letter, and is not mro
#include <clib/ffi/module.hpp>

enum class color { red };

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", enumeration<color>("Color").value<color::red>("mro"));
#else
CLIB_MODULE(sample, "1.0", enumeration<color>("Color").value<color::red>("red"));
#endif
