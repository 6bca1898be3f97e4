// refused: the owner dies first: name it, then view it
#include <clib/c_string.hpp>

clib::c_string make();

std::size_t measure() {
#ifdef FORBIDDEN
    const std::string_view text = make().view();
#else
    const clib::c_string owner = make();
    const std::string_view text = owner.view();
#endif
    return text.size();
}
