import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** The absolute path of the agent's preload, or undefined when it is not installed or not built. */
export function findAgent(): string | undefined {
  try {
    const path = require.resolve('@sightline/agent/register');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** What every Python finds first on its module search path; built beside this file. */
export const pythonFolder: string = fileURLToPath(new URL('./python/start', import.meta.url));
