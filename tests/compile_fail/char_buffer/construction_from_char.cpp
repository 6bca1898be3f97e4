// refused: size first: (10, 'x')
#include <clib/char_buffer.hpp>

clib::char_buffer make() {
#ifdef FORBIDDEN
    return clib::char_buffer('x', 10);
#else
    return clib::char_buffer(10, 'x');
#endif
}
