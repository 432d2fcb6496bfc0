// `npm run check`: types (also of the tests), format and lint, what nobody uses. The layering between
// packages and folders is a test: scripts/boundaries.test.ts.
import { pathToFileURL } from 'node:url';
import { commandOf, installDependencies, requireNode } from './setup.mjs';
import { step } from './step.mjs';

export async function check() {
  requireNode();
  await installDependencies();
  const tsc = commandOf('typescript', 'tsc');
  await step('types', process.execPath, [tsc, '-b']);
  const biome = [commandOf('@biomejs/biome', 'biome'), 'ci', '--error-on-warnings'];
  await Promise.all([
    step('types of the tests', process.execPath, [tsc, '-p', 'tsconfig.test.json']),
    step('types of the WebAssembly modules', process.execPath, [tsc, '-p', 'packages/server/assembly']),
    step('format and lint (Biome)', process.execPath, biome),
    step('unused files, exports and dependencies (knip)', process.execPath, [commandOf('knip')]),
  ]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await check();
