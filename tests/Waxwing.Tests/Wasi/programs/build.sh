#!/bin/sh
# Compiles the programs for WASI preview 1 (needs clang, lld, wasi-libc and the wasm32 builtins). The stripped results are committed, so that tests need no compiler.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang-19}

for program in errors filesystem functions process; do
    "$clang" --target=wasm32-wasi -std=gnu11 -Os -Wall -Wextra -Werror -Wl,--strip-all -o "$program.wasm" "$program.c"
    chmod 644 "$program.wasm" # data: the linker marks it executable
done
