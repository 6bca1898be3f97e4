// refused: may not throw: declare it noexcept, or name the C function as clib::deleter<&function>
#include <clib/c_string.hpp>

struct own_free {
#ifdef FORBIDDEN
    void operator()(char* text) const { std::free(text); }
#else
    void operator()(char* text) const noexcept { std::free(text); }
#endif
};

clib::basic_c_string<own_free> text;
