// refused: adopts only char*; use c_string::copy
#include <clib/c_string.hpp>

clib::c_string make(const char* text) {
#ifdef FORBIDDEN
    return clib::c_string{text};
#else
    return clib::c_string::copy(text);
#endif
}
