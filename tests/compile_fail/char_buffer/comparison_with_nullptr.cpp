// refused: compares text, not addresses: use empty()
#include <clib/char_buffer.hpp>

bool has_text(const clib::char_buffer& buffer) {
#ifdef FORBIDDEN
    return buffer != nullptr;
#else
    return !buffer.empty();
#endif
}
