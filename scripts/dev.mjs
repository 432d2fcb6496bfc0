// `npm run dev`: sources are rebuilt as they change, the backend restarts on its new code, and Vite serves
// the pages with hot reload, asking the backend for data. Ctrl-C ends all of it.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { root } from './root.mjs';
import { commandOf } from './setup.mjs';

await build();

const children = new Set();
start([commandOf('typescript', 'tsc'), '-b', '--watch', '--preserveWatchOutput']);
start(['--watch', '--watch-preserve-output', 'packages/cli/dist/main.cjs', 'up']);
start([commandOf('vite'), 'packages/web']);
rebuildOnChange('packages/agent/src', ['packages/agent/build.mjs']);
rebuildOnChange('packages/server/assembly', ['packages/server/build.mjs']);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}

function start(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  children.add(child);
  child.on('exit', () => children.delete(child));
  return child;
}

function rebuildOnChange(folder, args) {
  let timer;
  watch(join(root, folder), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => start(args), 200);
  });
}
