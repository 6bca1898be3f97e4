// doctest, from where the system or the subproject has it.
#pragma once

#define DOCTEST_CONFIG_TREAT_CHAR_STAR_AS_STRING
#if __has_include(<doctest/doctest.h>)
#include <doctest/doctest.h>
#else
#include <doctest.h>
#endif
