// refused: list an exception after those it is derived from
#include <clib/ffi/module.hpp>

#include <stdexcept>

struct outer_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct inner_error : outer_error {
    using outer_error::outer_error;
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", exception<inner_error>("InnerError"),
            exception<outer_error>("OuterError"));
#else
CLIB_MODULE(sample, "1.0", exception<outer_error>("OuterError"),
            exception<inner_error>("InnerError"));
#endif
