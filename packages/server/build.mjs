/**
 * Compiles what encodes spans (`assembly/`, in AssemblyScript) to `spans.wasm`, beside the sources of what loads it and beside
 * what is built of those.
 */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = dirname(fileURLToPath(import.meta.url));
const output = 'src/encode/spans.wasm';
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

const { error, stderr } = await main(['assembly/index.ts', '--baseDir', root, '--outFile', output, ...options]);
if (error) {
  process.stderr.write(stderr.toString());
  throw error;
}
mkdirSync(join(root, 'dist/encode'), { recursive: true });
copyFileSync(join(root, output), join(root, 'dist/encode/spans.wasm'));
