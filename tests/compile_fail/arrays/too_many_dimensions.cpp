// refused: an array has from 1 to 16 dimensions, or any_rank
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
constexpr int rank = 17;
#else
constexpr int rank = 16;
#endif

inline std::int64_t size_of(clib::ffi::array_view<const double, rank> values) {
    return static_cast<std::int64_t>(values.size());
}

CLIB_MODULE(sample, "1.0", function<&size_of>("size_of", "values"));
