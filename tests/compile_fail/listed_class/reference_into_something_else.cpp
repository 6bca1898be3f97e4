// refused: the result is a reference to none of the arguments
#include <clib/ffi/module.hpp>

struct part {};
struct whole {
    part& first();
    part copy() const;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<part>("Part"), type<whole>("Whole").method<&whole::first>("first"));
#else
CLIB_MODULE(sample, "1.0", type<part>("Part"), type<whole>("Whole").method<&whole::copy>("first"));
#endif
