// `npm run bench -- NAME`: one measurement of bench/, over built artefacts. Without a name: which there are.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { root } from './root.mjs';
import { run } from './setup.mjs';

const [name, ...args] = process.argv.slice(2);
const folder = join(root, 'bench');
const script = join(folder, `${name}`, 'run.mjs');

if (!name || !existsSync(script)) {
  if (name) process.stderr.write(`sightline: there is no bench “${name}”\n\n`);
  for (const entry of readdirSync(folder)) {
    const file = join(folder, entry, 'run.mjs');
    if (existsSync(file)) process.stdout.write(`npm run bench -- ${entry.padEnd(16)}${firstComment(file)}\n`);
  }
  process.exit(name ? 2 : 0);
}
await build();
process.exit(await run(process.execPath, [script, ...args]));

function firstComment(file) {
  return readFileSync(file, 'utf8').match(/^\/\/ (.*)$/m)?.[1] ?? '';
}
