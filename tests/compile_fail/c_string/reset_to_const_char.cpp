// refused: adopts only char*; assign c_string::copy(text)
#include <clib/c_string.hpp>

void replace(clib::c_string& owner, const char* text) {
#ifdef FORBIDDEN
    owner.reset(text);
#else
    owner = clib::c_string::copy(text);
#endif
}
