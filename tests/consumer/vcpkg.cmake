# SPDX-License-Identifier: MIT
# What vcpkg gives to a port, as far as clib's uses it, for its release build:
#
#     cmake -DPORT=<portfile.cmake> -DCURRENT_BUILDTREES_DIR=... -DCURRENT_PACKAGES_DIR=... -P vcpkg.cmake
set(build "${CURRENT_BUILDTREES_DIR}/release")

function(vcpkg_configure_meson)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
    execute_process(
        COMMAND meson setup "${build}" "${arg_SOURCE_PATH}" --buildtype=release --libdir=lib
            "--prefix=${CURRENT_PACKAGES_DIR}" ${arg_OPTIONS}
        COMMAND_ERROR_IS_FATAL ANY)
endfunction()
function(vcpkg_install_meson)
    execute_process(COMMAND meson install -C "${build}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()
function(vcpkg_fixup_pkgconfig)
endfunction()
function(vcpkg_cmake_config_fixup)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH" "")
    set(from "${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}")
    set(to "${CURRENT_PACKAGES_DIR}/share/clib")
    file(COPY "${from}/" DESTINATION "${to}")
    file(REMOVE_RECURSE "${from}")
    file(READ "${to}/clib-config.cmake" config)
    string(REGEX REPLACE
        [[(PACKAGE_PREFIX_DIR "\${CMAKE_CURRENT_LIST_DIR})/\.\./(\.\./?)*"]] [[\1/../../"]]
        config "${config}")
    file(WRITE "${to}/clib-config.cmake" "${config}")
endfunction()
function(vcpkg_install_copyright)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
    file(INSTALL ${arg_FILE_LIST} DESTINATION "${CURRENT_PACKAGES_DIR}/share/clib")
endfunction()

include("${PORT}")
