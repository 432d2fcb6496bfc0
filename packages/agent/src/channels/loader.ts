/**
 * dist/loader.mjs: the asynchronous hooks for ES modules on a Node whose synchronous ones are
 * missing or unsafe. They run on a thread of their own and see the declarations only.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FindBodies, Injection } from './injection.ts';
import { SourceTransform } from './source-transform.ts';

interface LoadResult {
  format: string;
  source?: string | ArrayBuffer | NodeJS.TypedArray;
}

let transform: SourceTransform | undefined;

export function initialize({ injections, folder }: { injections: readonly Injection[]; folder: string }): void {
  const loadFindBodies = (): FindBodies => {
    const loaded: { findBodies: FindBodies } = createRequire(process.execPath)(join(folder, 'inject.cjs'));
    return loaded.findBodies;
  };
  // Nothing is said about a file that stays as it is: this thread does not know the log level.
  transform = new SourceTransform(injections, loadFindBodies, () => {});
}

export async function load(
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Promise<LoadResult>,
): Promise<LoadResult> {
  const result = await nextLoad(url, context);
  const { source } = result;
  if (result.format !== 'module' || source == null || !url.startsWith('file:')) return result;
  const injected = transform?.apply(fileURLToPath(url), () =>
    typeof source === 'string' ? source : new TextDecoder().decode(source),
  );
  return injected === undefined ? result : { ...result, source: injected };
}
