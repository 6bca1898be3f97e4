// refused: the owner dies first: name it
#include <clib/char_buffer.hpp>

std::size_t measure() {
#ifdef FORBIDDEN
    const std::span<const char> bytes = clib::char_buffer{"text"}.span();
#else
    clib::char_buffer owner{"text"};
    const std::span<char> bytes = owner.span();
#endif
    return bytes.size();
}
