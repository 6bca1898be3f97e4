// refused: two parameters of one function, or two members, have one name
#include <clib/ffi/module.hpp>

enum class color { red, green };

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0",
    enumeration<color>("Color").value<color::red>("red").value<color::green>("red"));
#else
CLIB_MODULE(sample, "1.0",
    enumeration<color>("Color").value<color::red>("red").value<color::green>("green"));
#endif
