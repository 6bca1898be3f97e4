// refused: a translator takes one exception, by reference to const
#include <clib/ffi/module.hpp>

#include <stdexcept>

struct foreign {};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", exception_translator<[](foreign) { throw std::runtime_error{"x"}; }>());
#else
CLIB_MODULE(sample, "1.0",
            exception_translator<[](const foreign&) { throw std::runtime_error{"x"}; }>());
#endif
