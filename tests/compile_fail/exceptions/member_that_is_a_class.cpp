// refused: a member of an exception is a number, a bool, or text
#include <clib/ffi/module.hpp>

#include <stdexcept>

struct place {
    int line;
};
struct parse_error : std::runtime_error {
    using std::runtime_error::runtime_error;
    place where{};
    int line() const { return where.line; }
};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", exception<parse_error>("ParseError").member<&parse_error::where>("line"));
#else
CLIB_MODULE(sample, "1.0", exception<parse_error>("ParseError").member<&parse_error::line>("line"));
#endif
