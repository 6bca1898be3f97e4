// refused: adopts only char*; use c_string::copy
#include <clib/c_string.hpp>

#include <string>

clib::c_string make(const std::string& text) {
#ifdef FORBIDDEN
    return clib::adopt<&std::free>(text);
#else
    return clib::c_string::copy(text);
#endif
}
