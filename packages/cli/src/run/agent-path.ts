import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

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
