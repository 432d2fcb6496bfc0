import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Where `up` keeps its data, and where `run` and `down` look for it: `SIGHTLINE_DATA`, else the place that XDG names. */
export function dataDirectory(env: NodeJS.ProcessEnv): string {
  if (env.SIGHTLINE_DATA) return resolve(env.SIGHTLINE_DATA);
  const xdg = env.XDG_DATA_HOME;
  // The XDG specification: a relative path there is to be ignored.
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'share'), 'sightline');
}
