// refused: an enum that the module does not list; list it with enumeration<>
#include <clib/ffi/module.hpp>

enum class color : std::int64_t { red, green };
inline color other(color) { return color::red; }

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&other>("other", "one"));
#else
CLIB_MODULE(sample, "1.0",
    enumeration<color>("Color").value<color::red>("red"), function<&other>("other", "one"));
#endif
