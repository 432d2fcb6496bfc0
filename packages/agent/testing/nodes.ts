/** The Nodes that the agent is tested on: the one that runs the tests, and those that `npm test` installs in e2e/nodes. */
import { fileURLToPath } from 'node:url';

export type NodeMajor = 20 | 22 | 24 | 26;
export const nodeMajors: readonly NodeMajor[] = [20, 22, 24, 26];

export function nodeBinary(major: NodeMajor): string {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  return fileURLToPath(new URL(`../../../e2e/nodes/node_modules/node-${major}/bin/node`, import.meta.url));
}
