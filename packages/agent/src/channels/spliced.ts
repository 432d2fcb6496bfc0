/**
 * What this thread's sources got, for reports and for libraries that have another way where there is no splice (a
 * bundled program). Bounded by what the declarations name, and copies of it.
 */
const paths = new Set<string>();
const channels = new Set<string>();

const mostFiles = 200;

export function rememberSpliced(path: string, injections: readonly { readonly channel: string }[]): void {
  if (paths.size < mostFiles) paths.add(path);
  for (const { channel } of injections) channels.add(channel);
}

export function splicedFiles(): ReadonlySet<string> {
  return paths;
}

/** Whether some source publishes to the channel. */
export function isSpliced(channel: string): boolean {
  return channels.has(channel);
}
