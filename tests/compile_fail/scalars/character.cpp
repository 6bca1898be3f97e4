// refused: a character is text to some and a number to others: use std::string_view
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
inline char other(char letter) { return letter; }
#else
inline std::int8_t other(std::int8_t letter) { return letter; }
#endif

CLIB_MODULE(sample, "1.0", function<&other>("other", "letter"));
