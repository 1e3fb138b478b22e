# Sourced by the tools beside this folder: changes to the top of the repository and installs everything that a build needs.
# Asks no questions.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

packages=(
    libdnnl-dev       # the fast backend's kernels
    libopenblas-dev   # matrix products
    libpng-dev        # PNG files
    zlib1g-dev        # checksums of PNG files, compressed weights
    libjson-c-dev     # JSON files
    libturbojpeg0-dev # JPEG files
    libtiff-dev       # TIFF files
    libwebp-dev       # WebP files
    libgif-dev        # GIF files
    libcairo2-dev     # boxes, labels and plots
    fonts-dejavu-core # the font of the labels
    pkg-config        # finds the libraries
)
modules=(openblas libpng zlib json-c libturbojpeg libtiff-4 libwebp libwebpdemux cairo)

say() { printf '\n== %s\n' "$*"; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

require_swift() {
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1) || true
    [[ -n $version ]] || die "Swift is not installed; install Swift 6.2 or later from https://www.swift.org/install/linux"
    [[ $(printf '%s\n' 6.2 "$version" | sort -V | head -n 1) == 6.2 ]] \
        || die "this is Swift $version; Pinpoint requires 6.2 or later, from https://www.swift.org/install/linux"
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

install_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        if command -v pkg-config >/dev/null && pkg-config --exists "${modules[@]}"; then return; fi
        die "apt is not installed; please install, with their headers: oneDNN 2.6 or 3 and OpenBLAS (the backends), libpng, zlib and" \
            "libjpeg-turbo's TurboJPEG, libtiff, libwebp with its demuxer and giflib (images), json-c (JSON), cairo with" \
            "any sans-serif font (labels and plots), and pkg-config; then run this again"
    fi
    local package missing=()
    for package in "${packages[@]}"; do
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0
    say "Installing ${missing[*]}"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}")
    # A fresh machine has no package lists and an old one has stale lists: in both cases, installing fails.
    as_root "${install[@]}" >/dev/null 2>&1 && return
    as_root apt-get update -q && as_root "${install[@]}" \
        || die "these packages could not be installed; please run, as root: apt-get install ${missing[*]}"
}

# Tests open pages in a browser. If none can be installed, those tests are reported as skipped; nothing else needs one.
install_browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null; then return; fi
    done
    command -v apt-get >/dev/null || return 0
    say "Installing chromium"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium)
    as_root "${install[@]}" >/dev/null 2>&1 && return
    { as_root apt-get update -q && as_root "${install[@]}"; } >/dev/null 2>&1 \
        || say "chromium could not be installed: tests of pages in a browser will be skipped"
}

require_swift
install_packages
