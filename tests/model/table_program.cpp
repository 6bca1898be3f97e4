// SPDX-License-Identifier: MIT
#include "table_program.hpp"

namespace model {

template struct table_program<clib::ffi::access::exclusive>;
template struct table_program<clib::ffi::access::concurrent>;

}  // namespace model
