#!/bin/sh
# Compiles hello.c and wc.c for WASI preview 1 (needs clang, lld, wasi-libc and the wasm32 builtins). The stripped results are
# committed: two real modules for tests and examples.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang-19}

# Exports instead of a program: what the benchmark of WASI calls.
"$clang" --target=wasm32-wasi -std=gnu11 -O2 -Wall -Wextra -Werror -mexec-model=reactor -Wl,--strip-all -o files.wasm files.c
chmod 644 files.wasm

for program in hello wc; do
    "$clang" --target=wasm32-wasi -std=c11 -O2 -Wall -Wextra -Werror -Wl,--strip-all -o "$program.wasm" "$program.c"
    chmod 644 "$program.wasm" # data: the linker marks it executable
done
