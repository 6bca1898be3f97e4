// refused: two functions, types or exceptions of one name: give each its own
#include <clib/ffi/module.hpp>

struct row {
    int size() const { return 0; }
    int length() const { return 0; }
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0",
            type<row>("Row").method<&row::size>("__len__").method<&row::length>("__len__"));
#else
CLIB_MODULE(sample, "1.0",
            type<row>("Row").method<&row::size>("__len__").method<&row::length>("length"));
#endif
