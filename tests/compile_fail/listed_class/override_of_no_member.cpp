// refused: overridable<> lists a virtual member function: write &T::name
#include <clib/ffi/module.hpp>
#include <clib/ffi/overridable.hpp>

struct shape {
    virtual ~shape() = default;
    virtual int sides() const { return 0; }
};
struct py_shape : clib::ffi::overridable<shape> {};
int sides_of(const shape& one);

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0",
            type<shape>("Shape").overridable<py_shape>().overridable<&sides_of>("sides"));
#else
CLIB_MODULE(sample, "1.0",
            type<shape>("Shape").overridable<py_shape>().overridable<&shape::sides>("sides"));
#endif
