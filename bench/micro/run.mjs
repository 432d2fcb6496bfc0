// What each piece of the agent's hot path costs, in nanoseconds: the *.bench.ts beside the pieces. npm run bench -- micro [PART OF A FILE'S NAME] [--node 20,24] [--save FILE] [--against FILE]
// The pieces are bundled from their sources: what the agent has inside is not reachable from its built files.
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: '24' },
    save: { type: 'string' },
    against: { type: 'string' },
  },
});
const path = (file) => fileURLToPath(new URL(file, import.meta.url));
const sources = path('../../packages/agent/src');
const files = readdirSync(sources, { recursive: true })
  .filter((file) => file.endsWith('.bench.ts') && file.includes(positionals[0] ?? ''))
  .sort();
/** By Node, file and name: the median in nanoseconds. */
const found = {};
const earlier = options.against ? JSON.parse(readFileSync(options.against, 'utf8')) : {};

const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
try {
  for (const node of options.node.split(',')) {
    for (const file of files) print(node, file, await measure(node, await bundle(file)));
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (options.save) writeFileSync(options.save, JSON.stringify(found, null, 2));

/** As the agent is. */
async function bundle(file) {
  const outfile = join(folder, `${basename(file, '.ts')}.mjs`);
  await build({
    entryPoints: [join(sources, file)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.6',
    mainFields: ['module', 'main'],
    conditions: ['@sightline/source'],
    define: { __AGENT_VERSION__: '"bench"' },
    logLevel: 'error',
  });
  return outfile;
}

/** In a process of its own, so that no bench is measured with what another has taught the compiler. */
function measure(node, file) {
  const execPath = path(`../../e2e/nodes/node_modules/node-${node}/bin/node`);
  const child = fork(path('measure.mjs'), [file], { execPath, env: { PATH: process.env.PATH } });
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code, signal) => reject(new Error(`${file} ended with ${code ?? signal}`)));
  });
}

function print(node, file, measured) {
  console.log(`\nNode ${node}, ${file.replace('.bench.ts', '')}`);
  for (const { name, ns, bestNs } of measured) {
    const key = `${node} ${file} ${name}`;
    found[key] = ns;
    const change = earlier[key] === undefined ? '' : `   ${(ns / earlier[key]).toFixed(2)} × of before`;
    const [median, best] = [ns, bestNs].map((value) => value.toFixed(value < 100 ? 1 : 0));
    console.log(`  ${name.padEnd(42)}${median.padStart(8)} ns   (best ${best})${change}`);
  }
}
