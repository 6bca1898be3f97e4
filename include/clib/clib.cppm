// SPDX-License-Identifier: MIT
// `import clib;` instead of #include <clib/clib.hpp>: the same names from the same headers, for
// compilers that have C++20's modules. Macros cannot be exported: those of the version are in
// <clib/version.hpp>. The toolkit is made of macros and templates for one file; include it.
module;

#include <clib/clib.hpp>

export module clib;

// The operators of text are found where the types are; of a module, they are to be exported too.
export namespace clib {

using clib::add_one;
using clib::adopt;
using clib::basic_c_string;
using clib::basic_counter;
using clib::c_string;
using clib::char_buffer;
using clib::context_deleter;
using clib::counter;
using clib::deleter;
using clib::owned_text;

using clib::operator==;
using clib::operator<=>;
using clib::operator<<;

namespace returns {
using clib::returns::converted_length;
using clib::returns::length_or_zero;
using clib::returns::line;
using clib::returns::needed_length;
using clib::returns::needed_size;
using clib::returns::pointer;
using clib::returns::status;
using clib::returns::written_length;
}  // namespace returns

}  // namespace clib
