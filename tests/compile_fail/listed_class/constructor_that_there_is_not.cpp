// refused: the class has no constructor for arguments of these types
#include <clib/ffi/module.hpp>

struct thing {
    explicit thing(int);
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").constructor<bool, bool>("a", "b"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").constructor<int>("a"));
#endif
