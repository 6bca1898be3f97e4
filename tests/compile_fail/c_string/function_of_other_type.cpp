// refused: clib::deleter takes a function of one char*, unsigned char* or void*
#include <clib/c_string.hpp>

#ifdef FORBIDDEN
void own_free(int* text);
#else
void own_free(char* text);
#endif

clib::basic_c_string<clib::deleter<&own_free>> text;
