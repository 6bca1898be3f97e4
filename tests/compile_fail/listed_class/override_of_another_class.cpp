// refused: overridable<> names a class that is derived from clib::ffi::overridable<T>
#include <clib/ffi/module.hpp>
#include <clib/ffi/overridable.hpp>

struct shape {
    virtual ~shape() = default;
};
struct line : shape {};
struct py_shape : clib::ffi::overridable<shape> {};
struct py_line : clib::ffi::overridable<line> {};

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", type<shape>("Shape").overridable<py_line>().constructor<>());
#else
CLIB_MODULE(sample, "1.0", type<shape>("Shape").overridable<py_shape>().constructor<>());
#endif
