// refused: a function is named as the second of another name is in C, which is NAME_2
#include <clib/ffi/module.hpp>

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<[](int value) { return value; }>("f", "value"),
            function<[](double value) { return value; }>("f", "value"),
            function<[](bool value) { return value; }>("f_2", "value"));
#else
CLIB_MODULE(sample, "1.0", function<[](int value) { return value; }>("f", "value"),
            function<[](double value) { return value; }>("f", "value"),
            function<[](bool value) { return value; }>("f_3", "value"));
#endif
