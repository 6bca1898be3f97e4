// refused: one use is counted once: pass a reference
#include <clib/ffi/handle_table.hpp>

struct item;
using item_table = clib::ffi::handle_table<int, item>;

#ifdef FORBIDDEN
int read(item_table::guard item) { return *item; }
#else
int read(const item_table::guard& item) { return *item; }
#endif

int use(item_table& table, item* handle) {
    const auto item = table.at(handle);
    return read(item);
}
