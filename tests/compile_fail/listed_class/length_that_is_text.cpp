// refused: __len__ takes nothing but its object, and returns an integer
#include <clib/ffi/module.hpp>

#include <string>

struct thing {
    std::string text() const;
    std::size_t size() const;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<&thing::text>("__len__"));
#else
CLIB_MODULE(sample, "1.0", type<thing>("Thing").method<&thing::size>("__len__"));
#endif
