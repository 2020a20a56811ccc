#!/usr/bin/env bash
# Fetches the modules listed in packages.txt into artifacts/corpora/, from the npm registry that npm is configured for, and verifies their SHA-256.
#
#   tests/corpora/fetch.sh                    the modules of the ordinary test run
#   tests/corpora/fetch.sh full               all of them
#   tests/corpora/fetch.sh sqlite quickjs     some
#
# Nothing of a package is executed (--ignore-scripts). Files that are there with the right sum are not fetched again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${WAXWING_CORPORA_CACHE:-$here/../../artifacts/corpora}
wanted=("$@")
((${#wanted[@]})) || wanted=(ci)

sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }

is_wanted() { # tier name
    local word
    for word in "${wanted[@]}"; do
        [[ $word == full || $word == "$1" || $word == "$2" ]] && return 0
    done
    return 1
}

# Only the files of packages.txt are kept: the packages are installed to a folder that goes again.
install() { # package folder
    local log=$2/npm.log
    # Dependencies of a package are never needed: its WebAssembly is. --force --cpu: some declare themselves to be for "wasm32" machines only.
    if ! npm install --prefix "$2" --ignore-scripts --no-audit --no-fund --no-save --no-package-lock --omit=dev --omit=optional --omit=peer --force --cpu=wasm32 \
        --fetch-retries=1 --fetch-timeout=60000 "$1" >"$log" 2>&1; then
        cat "$log" >&2
        echo "fetch.sh: npm could not install $1" >&2
        return 1
    fi
}

command -v npm >/dev/null || { echo "fetch.sh: npm is not installed, and these modules come from npm packages" >&2; exit 3; }
mkdir -p "$cache"
temporary=$(mktemp -d "$cache/.fetching.XXXXXX")
trap 'rm -rf "$temporary"' EXIT

matched=0 installed=
while read -r tier file package path expected; do
    [[ -z $tier || $tier == \#* ]] && continue
    is_wanted "$tier" "${file%%/*}" || continue
    matched=1
    [[ -f $cache/$file && $(sum "$cache/$file") == "$expected" ]] && continue

    if [[ $installed != "$package" ]]; then
        echo "fetching $package"
        rm -rf "$temporary/package"
        mkdir -p "$temporary/package"
        install "$package" "$temporary/package"
        installed=$package
    fi
    source=$temporary/package/node_modules/${package%@*}/$path
    [[ -f $source ]] || { echo "fetch.sh: $package has no $path" >&2; exit 1; }
    actual=$(sum "$source")
    [[ $actual == "$expected" ]] || { echo "fetch.sh: $package: $path has the SHA-256 $actual, not $expected" >&2; exit 1; }
    mkdir -p "$cache/${file%/*}"
    mv -f "$source" "$cache/$file"
done <"$here/packages.txt"
((matched)) || { echo "fetch.sh: packages.txt lists nothing called ${wanted[*]}" >&2; exit 2; }
