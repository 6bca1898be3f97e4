// refused: a path has a header of its own: #include <clib/ffi/kinds/path.hpp>
#include <clib/ffi/module.hpp>
#include <filesystem>

#ifndef FORBIDDEN
#include <clib/ffi/kinds/path.hpp>
#endif

inline std::filesystem::path other(int) { return {}; }

CLIB_MODULE(sample, "1.0", function<&other>("other", "number"));
