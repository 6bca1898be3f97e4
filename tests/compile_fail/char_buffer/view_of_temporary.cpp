// refused: the owner dies first: name it, then view it
#include <clib/char_buffer.hpp>

std::size_t measure() {
#ifdef FORBIDDEN
    const std::string_view text = clib::char_buffer{"text"}.view();
#else
    const clib::char_buffer owner{"text"};
    const std::string_view text = owner.view();
#endif
    return text.size();
}
