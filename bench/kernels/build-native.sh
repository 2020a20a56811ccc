#!/bin/sh
# Compiles each kernel natively into OUTDIR, linked with native.c: the yardstick the ratios are measured against.
#
#   CC=gcc ARCH=x86-64-v3 ./build-native.sh OUTDIR [KERNEL...]
#
# EXTRA adds flags: EXTRA=-fno-tree-vectorize, or EXTRA="-g -fsanitize=address,undefined" to check the sources.
set -eu
if [ $# -eq 0 ]; then
    echo "usage: $0 OUTDIR [KERNEL...]" >&2
    exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")"
cc=${CC:-gcc}

case $(uname -m) in
x86_64 | amd64) arch=-march=${ARCH:-x86-64-v3} ;;
*) arch=${ARCH:+-march=$ARCH} ;;
esac

if [ $# -eq 0 ]; then
    set -- $(sed -n 's/.*"name": "\([a-z0-9]*\)".*/\1/p' kernels.json)
fi

for kernel; do
    "$cc" -std=gnu11 -O2 $arch \
        -fno-strict-aliasing -ffp-contract=off -fno-math-errno \
        -Wall -Wextra -Werror ${EXTRA:-} \
        -o "$out/$kernel" native.c "$kernel.c"
done
