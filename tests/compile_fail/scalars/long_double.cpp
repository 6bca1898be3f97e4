// refused: a long double has another size elsewhere: use double
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
using real = long double;
#else
using real = double;
#endif
inline real other(real value) { return value; }

CLIB_MODULE(sample, "1.0", function<&other>("other", "value"));
