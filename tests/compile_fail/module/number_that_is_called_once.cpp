// refused: called_once() is said of a callback
#include <clib/ffi/module.hpp>

extern "C" int64_t f(int64_t value) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&f>("f", parameter{"value"}.called_once()));
#else
CLIB_MODULE(sample, "1.0", function<&f>("f", parameter{"value"}));
#endif
