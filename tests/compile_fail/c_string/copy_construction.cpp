// refused: has one owner: std::move or c_string::copy
#include <clib/c_string.hpp>

clib::c_string take(clib::c_string& owner) {
#ifdef FORBIDDEN
    return clib::c_string{owner};
#else
    return clib::c_string{std::move(owner)};
#endif
}
