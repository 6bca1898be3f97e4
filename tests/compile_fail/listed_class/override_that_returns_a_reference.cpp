// refused: a virtual function that Python overrides returns a value
#include <clib/ffi/module.hpp>
#include <clib/ffi/overridable.hpp>

struct shape {
    virtual ~shape() = default;
#ifdef FORBIDDEN
    virtual double& size() = 0;
#else
    virtual const double& size() = 0;
#endif
};
struct py_shape : clib::ffi::overridable<shape> {
#ifdef FORBIDDEN
    double& size() override { return zero; }
    double zero = 0;
#else
    const double& size() override { return call<&shape::size>(); }
#endif
};

CLIB_MODULE(sample, "1.0",
            type<shape>("Shape").overridable<py_shape>().overridable<&shape::size>("size"));
