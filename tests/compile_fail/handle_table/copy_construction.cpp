// refused: handles belong to one table: pass a reference
#include <clib/ffi/handle_table.hpp>

struct item;
using item_table = clib::ffi::handle_table<int, item>;

#ifdef FORBIDDEN
std::int64_t count(item_table table) { return table.live(); }
#else
std::int64_t count(const item_table& table) { return table.live(); }
#endif

std::int64_t use(const item_table& table) { return count(table); }
