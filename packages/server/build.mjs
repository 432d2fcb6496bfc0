/**
 * Compiles what is done for each span (`assembly/`, in AssemblyScript) to WebAssembly, beside the sources of what loads it and beside
 * what is built of those.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = dirname(fileURLToPath(import.meta.url));
const modules = [
  { source: 'assembly/index.ts', output: 'encode/spans.wasm' },
  { source: 'assembly/span-json/index.ts', output: 'query/span-json.wasm' },
];
const options = [
  // Nothing is freed: `assembly/memory.ts` says why nothing has to be.
  ...['--runtime', 'stub'],
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert'],
  ...['--enable', 'simd'],
  ...['--use', 'abort='],
  // 3 GiB: sums of a place and a size stay below 2^32.
  ...['--maximumMemory', '49152'],
  // Places have 32 bits, here and everywhere.
  ...['--disableWarning', '201'],
];

for (const { source, output } of modules) {
  const { error, stderr } = await main([source, '--baseDir', root, '--outFile', `src/${output}`, ...options]);
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
  const built = join(root, 'dist', output);
  mkdirSync(dirname(built), { recursive: true });
  copyFileSync(join(root, 'src', output), built);
}
