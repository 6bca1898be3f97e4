// refused: a hashable class has a std::hash
#include <clib/ffi/module.hpp>

#include <string>

struct plain {
    int value;
};
struct hashed {
    int value;
};
template <>
struct std::hash<hashed> {
    std::size_t operator()(const hashed& one) const { return static_cast<std::size_t>(one.value); }
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<plain>("Plain").hashable());
#else
CLIB_MODULE(sample, "1.0", type<hashed>("Hashed").hashable());
#endif
