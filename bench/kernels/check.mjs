// Runs every committed kernel in Node and compares its checksum with kernels.json; with a directory made by build-native.sh
// it runs the native programs too, interleaved, and prints both medians and their ratio.
//
//   node check.mjs [NATIVE_DIR]
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROUNDS = 5;
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const nativeDirectory = process.argv[2];
const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];

let failures = 0;
const ratios = [];
for (const { name, n, checksum } of JSON.parse(readFileSync(join(here, 'kernels.json'), 'utf8'))) {
    const module = new WebAssembly.Module(readFileSync(join(here, `${name}.wasm`)));
    const { run } = new WebAssembly.Instance(module).exports;
    const wasm = [], native = [], checksums = new Set();
    for (let round = 0; round < 3; round++) // tier up
        checksums.add(run(n));
    for (let round = 0; round < ROUNDS; round++) {
        const start = performance.now();
        checksums.add(run(n));
        wasm.push(performance.now() - start);
        if (nativeDirectory) {
            const lines = execFileSync(join(nativeDirectory, name), [String(n), '2'], { encoding: 'utf8' }).trim().split('\n');
            native.push(Number(lines[1].split(' ')[0]));
            for (const line of lines)
                checksums.add(Number(line.split(' ')[1]));
        }
    }

    const correct = checksums.size === 1 && checksums.has(checksum);
    if (!correct)
        failures++;
    let line = `${name.padEnd(9)} node ${median(wasm).toFixed(1).padStart(6)} ms`;
    if (nativeDirectory) {
        ratios.push(median(wasm) / median(native));
        line += `, native ${median(native).toFixed(1).padStart(6)} ms, ratio ${ratios.at(-1).toFixed(2)}`;
    }
    console.log(line + (correct ? '' : `  WRONG: expected ${checksum}, got ${[...checksums].join(' and ')}`));
}
if (ratios.length)
    console.log(`geometric mean ${Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toFixed(2)}`);
process.exitCode = failures ? 1 : 0;
