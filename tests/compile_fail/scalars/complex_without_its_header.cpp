// refused: a complex number has a header of its own: #include
#include <clib/ffi/module.hpp>
#include <complex>

#ifndef FORBIDDEN
#include <clib/ffi/kinds/complex.hpp>
#endif

inline std::complex<float> other(std::complex<double>) { return {}; }

CLIB_MODULE(sample, "1.0", function<&other>("other", "z"));
