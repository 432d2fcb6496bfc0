/** What a program that has served requests still holds of them: ids, for what lives on; no span that has ended. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { FakeBackend } from '../testing/fake-backend.ts';
import { type HeapObject, HeapSnapshot } from '../testing/heap-snapshot.ts';
import { type NodeMajor, nodeBinary } from '../testing/nodes.ts';
import { Workbench } from '../testing/workbench.ts';

const bench = new Workbench();
afterAll(() => bench[Symbol.dispose]());

const source = fileURLToPath(new URL('../testing/idle-connections.cjs', import.meta.url));
const script = bench.write('idle-connections.cjs', readFileSync(source, 'utf8'));

/** Of each kind of what outlives requests; see the program. */
const rounds = 10;
/** The request that is being served as the snapshot is taken. */
const open = 1;

interface Idle {
  readonly heap: HeapSnapshot;
  /** Both ends of each, since the clients are in the same process. */
  readonly connections: number;
}

async function goIdle(node: NodeMajor, kind: 'connections' | 'leftovers'): Promise<Idle> {
  await using backend = await FakeBackend.start();
  const file = join(bench.folder, `${node}-${kind}.heapsnapshot`);
  const run = await bench.runTraced(script, backend.url, {
    node: nodeBinary(node),
    nodeArguments: ['--expose-gc'],
    programArguments: [file, kind],
  });
  expect(run).toMatchObject({ code: 0, stderr: '' });
  return { heap: new HeapSnapshot(file), connections: 2 * Number.parseInt(run.stdout, 10) };
}

/** What keeps them alive, since that says what to do about it: how many times each path. */
function ended(heap: HeapSnapshot, className: 'Span' | 'ServerCall' | 'ClientCall'): Record<string, number> {
  const paths: Record<string, number> = {};
  for (const object of heap.instancesOf(className)) {
    if (isOpen(className === 'Span' ? object : object.get('span'))) continue;
    const path = object.path.replace(/(?<=\.)\[?\d+\]?(?= → )/g, '[…]');
    paths[path] = (paths[path] ?? 0) + 1;
  }
  return paths;
}

/** Only a span that has not ended is reached through its identity. */
function isOpen(span: HeapObject | undefined): boolean {
  return span?.get('identity')?.get('recording')?.className === 'Span';
}

describe.each([20, 24] as const)('Node %i', (node) => {
  test('connections that are idle, pooled or upgraded hold no ended span and no call', async () => {
    const { heap, connections } = await goIdle(node, 'connections');
    expect(ended(heap, 'Span')).toEqual({});
    expect(ended(heap, 'ServerCall')).toEqual({});
    expect(ended(heap, 'ClientCall')).toEqual({});
    expect(heap.instancesOf('Span')).toHaveLength(open);
    expect(connections).toBeGreaterThan(6 * rounds);
    expect(heap.instancesOf('Context').length).toBeLessThanOrEqual(connections);
    expect(heap.instancesOf('NonRecordingSpan').length).toBeLessThanOrEqual(connections);
  });

  test('nor do timers, promises, listeners and requests that the program keeps', async () => {
    const { heap, connections } = await goIdle(node, 'leftovers');
    expect(ended(heap, 'Span')).toEqual({});
    expect(ended(heap, 'ClientCall')).toEqual({});
    expect(heap.instancesOf('Span')).toHaveLength(open);
    expect(heap.instancesOf('Context').length).toBeLessThanOrEqual(connections + rounds);
    expect(heap.instancesOf('NonRecordingSpan').length).toBeLessThanOrEqual(connections + rounds);
  });
});
