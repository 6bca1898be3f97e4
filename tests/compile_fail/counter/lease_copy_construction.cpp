// refused: a copy repeats its numbers: pass a reference
#include <clib/counter.hpp>

#ifdef FORBIDDEN
std::int64_t draw(clib::counter::lease source) { return source.next(); }
#else
std::int64_t draw(clib::counter::lease& source) { return source.next(); }
#endif

std::int64_t use(clib::counter::lease& source) { return draw(source); }
