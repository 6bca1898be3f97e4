// refused: a constructor returns a pointer to its type
#include <clib/ffi/module.hpp>

struct thing;
struct other;
extern "C" other* f() noexcept;
extern "C" clib::ffi::status g(other* self) noexcept;

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<other>("Other").destructor<&g>(),
            type<thing>("Thing").constructor<&f>());
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing"),
            type<other>("Other").constructor<&f>().destructor<&g>());
#endif
