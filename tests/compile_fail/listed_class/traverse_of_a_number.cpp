// refused: traverse<> names what holds a std::function
#include <clib/ffi/module.hpp>

#include <functional>

struct button {
    std::function<void()> listener;
    int size = 0;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<button>("Button").constructor<>().traverse<&button::size>());
#else
CLIB_MODULE(sample, "1.0", type<button>("Button").constructor<>().traverse<&button::listener>());
#endif
