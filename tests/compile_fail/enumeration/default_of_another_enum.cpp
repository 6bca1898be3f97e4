// refused: a default is a value that its parameter can have
#include <clib/ffi/module.hpp>

enum class color { red, green };
enum class size { small, large };
inline color other(color) { return color::red; }

#ifdef FORBIDDEN
constexpr auto usual = size::small;
#else
constexpr auto usual = color::green;
#endif

CLIB_MODULE(sample, "1.0",
    enumeration<color>("Color").value<color::red>("red").value<color::green>("green"),
    function<&other>("other", parameter{"one", usual}));
