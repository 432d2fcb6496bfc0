/** The contract of context stores on every Node, since each Node keeps contexts in a way of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeBinary } from '../../testing/nodes.ts';
import { runCommand } from '../../testing/workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-context-'));
const program = join(folder, 'program.mjs');
beforeAll(async () => {
  const entry = fileURLToPath(new URL('context-store.fixture.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    keepNames: true,
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Node, its flags, and the store that is to be chosen there. */
const nodes = [
  [20, '', 'HookStore'],
  [22, '', 'HookStore'],
  [22, '--experimental-async-context-frame', 'FrameStore'],
  [24, '', 'FrameStore'],
  [24, '--no-async-context-frame', 'HookStore'],
  [26, '', 'FrameStore'],
] as const;

describe.each(nodes)('on Node %i %s', (major, flag, chosen) => {
  const run = async (store: string, meanwhile: string) => {
    const nodeArguments = flag === '' ? [] : [flag];
    const { stdout, stderr } = await runCommand(nodeBinary(major), [...nodeArguments, program, store, meanwhile]);
    expect(stderr).toBe('');
    return JSON.parse(stdout) as { store: string; isNumbered: boolean; checks: number; broken: string[] };
  };

  test.each(['nothing', 'storage-first', 'storage-late', 'hook-late'])(
    'the context follows, while the program does: %s',
    async (meanwhile) => {
      const { store, checks, broken } = await run('chosen', meanwhile);
      expect({ store, broken }).toEqual({ store: chosen, broken: [] });
      expect(checks).toBeGreaterThan(1_000);
    },
  );

  test("promises are followed without Node's own hooks, where that can be had", async () => {
    const { isNumbered } = await run('chosen', 'nothing');
    expect(isNumbered).toBe(chosen === 'HookStore' && major >= 24);
  });

  test('it does by the documented means, too', async () => {
    expect(await run('storage', 'nothing')).toMatchObject({ store: 'StorageStore', broken: [] });
  });
});
