// refused: adopts only char*; use c_string::copy
#include <clib/c_string.hpp>

clib::c_string make() {
#ifdef FORBIDDEN
    return clib::c_string{"constant"};
#else
    return clib::c_string::copy("constant");
#endif
}
