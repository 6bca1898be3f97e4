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

# want_packages PACKAGE...: the same, but another system than Debian does without.
want_packages() {
    if [ -e /etc/debian_version ]; then need_packages "$@"; fi
}

# What calls C from Node.js, into build-node, if there is npm. That of the last day is kept.
node_packages() {
    command -v npm > /dev/null || return 0
    [ -z "$(find build-node/complete -mtime -1 2> /dev/null)" ] || return 0
    mkdir -p build-node
    if npm install --prefix build-node --no-audit --no-fund --loglevel error --fetch-retries 1 \
        --fetch-timeout 20000 koffi; then
        touch build-node/complete
    elif [ ! -e build-node/complete ]; then
        echo "npm cannot install koffi, so nothing is called from Node.js."
    fi
}

# A JDK that has java.lang.foreign: 22 or later, if the system offers one.
want_jdk() {
    local package
    if [ -e /etc/debian_version ] &&
        ! grep -qsE '^JAVA_VERSION="(2[2-9]|[3-9][0-9])' /usr/lib/jvm/*/release; then
        package=$(apt-cache search --names-only '^openjdk-(2[2-9]|[3-9][0-9])-jdk-headless$' |
            sort -r | sed 's/ .*//;q')
        [ -z "$package" ] || want_packages "$package"
    fi
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
