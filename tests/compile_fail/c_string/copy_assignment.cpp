// refused: one owner: std::move or copy()
#include <clib/c_string.hpp>

void replace(clib::c_string& owner, clib::c_string& other) {
#ifdef FORBIDDEN
    owner = other;
#else
    owner = std::move(other);
#endif
}
