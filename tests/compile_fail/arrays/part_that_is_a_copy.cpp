// refused: array<>() lists what returns an array_view, a std::span, or a reference
#include <clib/ffi/module.hpp>

#include <vector>

class image {
public:
#ifdef FORBIDDEN
    std::vector<double> pixels() { return pixels_; }
#else
    std::vector<double>& pixels() { return pixels_; }
#endif

private:
    std::vector<double> pixels_;
};

CLIB_MODULE(sample, "1.0", type<image>("Image").constructor<>().array<&image::pixels>("pixels"));
