// refused: a counter cannot count in bool
#include <clib/counter.hpp>

#ifdef FORBIDDEN
clib::basic_counter<bool> counter;
#else
clib::basic_counter<unsigned char> counter;
#endif
