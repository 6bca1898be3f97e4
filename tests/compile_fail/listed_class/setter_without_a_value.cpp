// refused: a setter takes its object and one value
#include <clib/ffi/module.hpp>

struct thing {
    int size() const;
    void clear();
    void resize(int);
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").property<&thing::size, &thing::clear>("size"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").property<&thing::size, &thing::resize>("size"));
#endif
