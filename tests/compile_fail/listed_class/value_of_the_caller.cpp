// refused: a function cannot change a value of its caller: take it by value
#include <clib/ffi/module.hpp>

#include <string>

#ifdef FORBIDDEN
void append(std::string& text);
#else
std::string append(std::string text);
#endif

CLIB_MODULE(sample, "1.0", function<&append>("append", "text"));
