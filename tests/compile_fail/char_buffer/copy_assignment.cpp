// refused: to copy, write assign(other.view())
#include <clib/char_buffer.hpp>

void replace(clib::char_buffer& buffer, const clib::char_buffer& other) {
#ifdef FORBIDDEN
    buffer = other;
#else
    buffer.assign(other.view());
#endif
}
