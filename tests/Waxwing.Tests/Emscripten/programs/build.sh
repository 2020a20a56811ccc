#!/bin/sh
# Compiles the programs with Emscripten 3.1.6 (Debian's package emscripten). Only the modules are kept, not the JavaScript beside them; they are committed, so that tests need no compiler.
set -eu
cd "$(dirname "$0")"
export NODE_PATH=${NODE_PATH:-/usr/share/nodejs}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

compile() { # program options...
    program=$1
    shift
    emcc -Wall -Wno-int-to-void-pointer-cast -o "$out/$program.js" "$@"
    install -m 644 "$out/$program.wasm" "$program.wasm"
}

# Below -O2 at the link, the names of imports stay.
compile jumps jumps.c -O1
compile exceptions exceptions.cpp -O1 -std=c++17 -fexceptions
compile exceptions-wasm exceptions.cpp -O1 -std=c++17 -fwasm-exceptions
compile memory memory.c -O1 -sIMPORTED_MEMORY -sALLOW_MEMORY_GROWTH -sMAXIMUM_MEMORY=128MB
compile files files.c -O1
compile descriptors descriptors.c -O1
compile piped-threads piped-threads.c -O1 -pthread -sPTHREAD_POOL_SIZE=0
compile times times.c -O1
compile threads threads.c -O1 -pthread -sPTHREAD_POOL_SIZE=0
compile threads-proxied threads.c -O1 -pthread -sPROXY_TO_PTHREAD -sEXIT_RUNTIME
compile minified memory.c -O3 -sALLOW_MEMORY_GROWTH

for side in other side; do
    emcc -O1 -sSIDE_MODULE=1 -o "$out/$side.wasm" $side.c $([ $side = side ] && echo "$out/other.wasm")
    install -m 644 "$out/$side.wasm" $side.wasm
done
# The two together are experimental, as emcc says each time.
emcc -O1 -pthread -sSIDE_MODULE=1 -Wno-experimental -o "$out/linked-threads-side.wasm" linked-threads-side.c
install -m 644 "$out/linked-threads-side.wasm" linked-threads-side.wasm
compile linked-threads linked-threads.c -O1 -pthread -Wno-experimental -sMAIN_MODULE=2 -sPTHREAD_POOL_SIZE=0 \
    -sEXPORTED_FUNCTIONS=_main,_main_function,_counted,_pthread_create,_pthread_join,_pthread_mutex_lock,_pthread_mutex_unlock
compile main main.c -O1 -sMAIN_MODULE=2 -sEXPORTED_FUNCTIONS=_main,_main_function,_shared_value,_puts
