# SPDX-License-Identifier: MIT
# What clib offers to a CMake project, installed or as its sources:
#
#   clib::clib          the headers
#   clib::module        the headers, and how a library that others call is compiled and linked
#   clib_add_module     such a library, with its stub for Python's editors and its header for C
#
# Who includes this file sets _clib_include_dir, _clib_module_map and _clib_python_path.

# clib_add_module(NAME [STATIC_RUNTIME] [NO_STUB] [NO_HEADER] SOURCE...)
#
# Adds the shared library NAME. After each build NAME.pyi and NAME.h are made anew in the current
# binary folder, by a Python 3.9 or later; not where another system is built for. STATIC_RUNTIME: the
# library brings its own C++ runtime, and runs where there is none, or an older one.
function(clib_add_module name)
    cmake_parse_arguments(PARSE_ARGV 1 module "STATIC_RUNTIME;NO_STUB;NO_HEADER" "" "")
    add_library(${name} SHARED ${module_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE clib::module)
    set_target_properties(${name} PROPERTIES
        C_VISIBILITY_PRESET hidden
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
    )
    if(module_STATIC_RUNTIME AND MSVC)
        set_target_properties(${name} PROPERTIES
            MSVC_RUNTIME_LIBRARY "MultiThreaded$<$<CONFIG:Debug>:Debug>")
    elseif(module_STATIC_RUNTIME)
        target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
    endif()

    find_package(Python3 3.9 QUIET COMPONENTS Interpreter)
    if(CMAKE_CROSSCOMPILING OR NOT Python3_Interpreter_FOUND)
        message(STATUS "No Python runs what is built here: ${name} gets no stub and no header")
        return()
    endif()
    get_property(python_path GLOBAL PROPERTY CLIB_PYTHON_PATH)
    foreach(made IN ITEMS stub:pyi header:h)
        string(REGEX REPLACE ":.*" "" command ${made})
        string(REGEX REPLACE ".*:" "" ending ${made})
        string(TOUPPER NO_${command} unwanted)
        if(NOT module_${unwanted})
            add_custom_command(TARGET ${name} POST_BUILD
                COMMAND ${CMAKE_COMMAND} -E env "PYTHONPATH=${python_path}" ${Python3_EXECUTABLE}
                    -m clib ${command} $<TARGET_FILE:${name}>
                    -o "${CMAKE_CURRENT_BINARY_DIR}/${name}.${ending}"
                BYPRODUCTS "${CMAKE_CURRENT_BINARY_DIR}/${name}.${ending}"
                VERBATIM
            )
        endif()
    endforeach()
endfunction()

if(TARGET clib::clib)
    return()
endif()

set_property(GLOBAL PROPERTY CLIB_PYTHON_PATH "${_clib_python_path}")

add_library(clib::clib INTERFACE IMPORTED GLOBAL)
set_target_properties(clib::clib PROPERTIES
    INTERFACE_COMPILE_FEATURES cxx_std_20
    INTERFACE_INCLUDE_DIRECTORIES "${_clib_include_dir}"
)

add_library(clib::module INTERFACE IMPORTED GLOBAL)
set_target_properties(clib::module PROPERTIES INTERFACE_LINK_LIBRARIES clib::clib)

if(UNIX AND NOT APPLE)
    # Of an older C library, threads are a library of their own.
    set_property(TARGET clib::clib PROPERTY INTERFACE_LINK_LIBRARIES -pthread)

    # Of two builds of a library that are loaded with RTLD_GLOBAL, each uses its own functions; and
    # nothing is unloaded where a thread may still be inside.
    set(_clib_is_library "$<IN_LIST:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY;MODULE_LIBRARY>")
    set_target_properties(clib::module PROPERTIES
        INTERFACE_COMPILE_OPTIONS
            "$<$<NOT:$<AND:$<CXX_COMPILER_ID:Clang>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,9>>>:-fno-semantic-interposition>"
        INTERFACE_LINK_OPTIONS
            "$<${_clib_is_library}:-Wl,-Bsymbolic;-Wl,-z,nodelete;-Wl,--version-script=${_clib_module_map}>"
    )
endif()
