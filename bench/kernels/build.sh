#!/bin/sh
# Compiles each kernel beside its source: fib.c -> fib.wasm. The results are committed, so only someone who changes a kernel
# needs the compiler. The name section is kept (traps and profiles name functions), and floating point is never contracted or
# reordered, so that the checksums equal the native ones.
#
#   CLANG=clang-19 ./build.sh [KERNEL...]
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang-19}

if [ $# -eq 0 ]; then
    set -- $(sed -n 's/.*"name": "\([a-z0-9]*\)".*/\1/p' kernels.json)
fi

for kernel; do
    features="-mbulk-memory -msign-ext -mnontrapping-fptoint"
    [ "$kernel" != simd ] || features="$features -msimd128"
    "$clang" --target=wasm32 -std=c11 -O2 $features \
        -ffreestanding -fno-strict-aliasing -ffp-contract=off -fno-math-errno \
        -Wall -Wextra -Wconversion -Werror \
        -nostdlib -Wl,--no-entry -Wl,-z,stack-size=65536 \
        -o "$kernel.wasm" "$kernel.c"
    chmod 644 "$kernel.wasm" # data: the linker marks it executable
done
