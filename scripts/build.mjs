// `npm run build`: everything that runs, from its sources. Incremental: what is up to date is left alone.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';
import { commandOf, installDependencies, requireNode } from './setup.mjs';
import { step } from './step.mjs';

export async function build() {
  requireNode();
  await installDependencies();
  await step('types', process.execPath, [commandOf('typescript', 'tsc'), '-b']);
  for (const folder of ['src', 'dist']) {
    // The last one that is written.
    const output = `packages/server/${folder}/query/span-json.wasm`;
    await stepIfOlder('WebAssembly', ['packages/server/assembly'], output, ['packages/server/build.mjs']);
  }
  await stepIfOlder('agent', ['packages/agent', 'packages/wire/src'], 'packages/agent/dist/agent.cjs', [
    'packages/agent/build.mjs',
  ]);
  await stepIfOlder('pages', ['packages/web', 'packages/wire/src'], 'packages/server/dist/web/index.html', [
    commandOf('vite'),
    'build',
    'packages/web',
    '--logLevel=warn',
  ]);
  await stepIfOlder(
    'command line',
    ['packages/cli', 'packages/python', 'packages/server', 'packages/web', 'packages/wire/src'],
    'packages/cli/dist/web/index.html',
    ['packages/cli/build.mjs'],
  );
}

async function stepIfOlder(name, inputs, output, args) {
  const outputPath = join(root, output);
  const builtMs = existsSync(outputPath) ? statSync(outputPath).mtimeMs : 0;
  if (inputs.every((input) => newestMs(join(root, input)) < builtMs)) return;
  await step(name, process.execPath, args);
}

/** The latest change below a folder, what is built or installed there left out. */
function newestMs(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (
      entry.name === 'dist' ||
      entry.name === 'node_modules' ||
      entry.name === '__pycache__' ||
      entry.name.endsWith('.tsbuildinfo')
    )
      continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMs(path) : statSync(path).mtimeMs);
  }
  return newest;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build();
