import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const register = '@sightline/agent/dist/register.cjs';

/** The absolute path of the agent's preload, or undefined when it is not installed or not built. */
export function findAgent(): string | undefined {
  // Not by `require.resolve`: for a package with `exports` it loads the resolver of ES modules, 2 ms of every start.
  const folders = require.resolve.paths(register) ?? [];
  const path = folders.map((folder) => join(folder, register)).find((file) => existsSync(file));
  return path ? realpathSync(path) : findWithoutFolders();
}

/** Yarn's Plug'n'Play has packages without `node_modules`. */
function findWithoutFolders(): string | undefined {
  try {
    const path = require.resolve('@sightline/agent/register');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** What every Python finds first on its module search path; built beside this file. */
export const pythonFolder: string = fileURLToPath(new URL('./python/start', import.meta.url));
