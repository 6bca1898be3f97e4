# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Set-up for examples/run and tests/run, which source this file with `set -euo pipefail`.

packages_were_installed=false

if [ -e /etc/debian_version ]; then
    # The system's own Python and Meson, not what a version manager has put in front of them.
    export PATH="/usr/bin:$PATH"
fi

# need_packages PACKAGE[=COMMAND]...: Debian packages, each with the command it is needed for if
# that has another name. Installs those that are missing; on another system
# says which of the tools are missing, and ends the script if any is.
need_packages() {
    local package missing=()
    if [ ! -e /etc/debian_version ]; then
        # Libraries are for Meson and Python to look for.
        for package in "$@"; do
            case $package in *-dev | python3-*) continue ;; esac
            command -v "${package#*=}" > /dev/null || missing+=("${package%=*}")
        done
        [ ${#missing[@]} -eq 0 ] && return
        echo "This is no Debian system, so please install these yourself: ${missing[*]}." >&2
        exit 1
    fi

    for package in "${@%=*}"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing ${missing[*]}"
    as_root apt-get -q update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "${missing[@]}"
    packages_were_installed=true
}

is_installed() {
    [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2> /dev/null) == ii* ]]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        echo "Neither root nor sudo is at hand to run: $*" >&2
        exit 1
    fi
}

# set_up_build FOLDER [OPTION...]: a build folder that knows of everything that is installed.
set_up_build() {
    if [ ! -e "$1/build.ninja" ]; then
        meson setup "$@"
    elif $packages_were_installed; then
        meson setup --reconfigure "$@"
    fi
}
