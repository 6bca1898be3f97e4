// refused: a virtual function that Python overrides returns a value
#include <clib/ffi/module.hpp>
#include <clib/ffi/overridable.hpp>

#include <string>

struct shape {
    virtual ~shape() = default;
#ifdef FORBIDDEN
    virtual const std::string& name() const = 0;
#else
    virtual std::string name() const = 0;
#endif
};
struct py_shape : clib::ffi::overridable<shape> {
#ifdef FORBIDDEN
    const std::string& name() const override { return empty; }
    std::string empty;
#else
    std::string name() const override { return call<&shape::name>(); }
#endif
};

CLIB_MODULE(sample, "1.0",
            type<shape>("Shape").overridable<py_shape>().overridable<&shape::name>("name"));
