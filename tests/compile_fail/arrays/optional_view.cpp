// refused: a parameter or result has a type that clib does not know
#include <clib/ffi/module.hpp>

#include <optional>

#ifdef FORBIDDEN
inline double first(std::optional<clib::ffi::array_view<const double, 1>> values) {
    return values ? (*values)(0) : 0;
}
CLIB_MODULE(sample, "1.0", function<&first>("first", "values"));
#else
inline double first(clib::ffi::array_view<const double, 1> values) {
    return values.empty() ? 0 : values(0);
}
CLIB_MODULE(sample, "1.0", function<&first>("first", parameter("values").or_none()));
#endif
