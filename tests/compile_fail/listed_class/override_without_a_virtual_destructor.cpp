// refused: a class whose functions Python overrides has a virtual destructor
#include <clib/ffi/module.hpp>
#include <clib/ffi/overridable.hpp>

struct shape {
#ifndef FORBIDDEN
    virtual ~shape() = default;
#endif
    virtual int sides() const { return 0; }
};
struct py_shape : clib::ffi::overridable<shape> {};

CLIB_MODULE(sample, "1.0", type<shape>("Shape").overridable<py_shape>());
