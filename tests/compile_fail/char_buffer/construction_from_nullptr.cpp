// refused: no text at NULL: use char_buffer{}
#include <clib/char_buffer.hpp>

clib::char_buffer make() {
#ifdef FORBIDDEN
    return clib::char_buffer{nullptr};
#else
    return clib::char_buffer{};
#endif
}
