// refused: the result is a reference to something that no argument has
#include <clib/ffi/module.hpp>

struct part {};
part& first();
part copy();
part& borrowed();

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<part>("Part"), function<&first>("first"));
#else
CLIB_MODULE(sample, "1.0", type<part>("Part"), function<&copy>("first"),
            function<&borrowed>("borrowed").borrowed());
#endif
