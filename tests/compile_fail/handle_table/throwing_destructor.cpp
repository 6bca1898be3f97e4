// refused: an object behind a handle must be destroyed without throwing
#include <clib/ffi/handle_table.hpp>

struct item;

struct file {
#ifdef FORBIDDEN
    ~file() noexcept(false) {}
#else
    ~file() {}
#endif
};

clib::ffi::handle_table<file, item> files{"item"};
