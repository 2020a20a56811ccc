#!/bin/sh
# Compiles the programs with AssemblyScript 0.28.9 from npm; the results are committed, so that tests need no compiler.
set -eu
cd "$(dirname "$0")"
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
npm install --prefix "$tools" --no-audit --no-fund --no-save --ignore-scripts assemblyscript@0.28.9 >/dev/null
"$tools/node_modules/.bin/asc" program.ts -o program.wasm --exportRuntime -O
"$tools/node_modules/.bin/asc" bare.ts -o bare.wasm -O --runtime stub
chmod 644 ./*.wasm
