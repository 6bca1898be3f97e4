// refused: the deleter of a c_string takes a char*
#include <clib/c_string.hpp>

struct own_free {
#ifdef FORBIDDEN
    void operator()(int* text) const noexcept { std::free(text); }
#else
    void operator()(char* text) const noexcept { std::free(text); }
#endif
};

clib::basic_c_string<own_free> text;
