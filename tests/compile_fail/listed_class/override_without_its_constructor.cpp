// refused: write `using overridable::overridable;` in the class that is between
#include <clib/ffi/module.hpp>
#include <clib/ffi/overridable.hpp>

struct shape {
    explicit shape(int sides) : sides_{sides} {}
    virtual ~shape() = default;
    int sides_;
};
struct py_shape : clib::ffi::overridable<shape> {
#ifndef FORBIDDEN
    using overridable::overridable;
#endif
};

CLIB_MODULE(sample, "1.0",
            type<shape>("Shape").overridable<py_shape>().constructor<int>("sides"));
