/** The first request of a program, whatever makes it: on Node 20 it is what the wrapper is set for, on Node 24 nothing. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientSpan, serverSpan } from '../../testing/http-spans.ts';
import { type NodeMajor, nodeBinary } from '../../testing/nodes.ts';
import { folder, runTraced, type ShownSpan } from '../../testing/traced-program.ts';
import { runCommand } from '../../testing/workbench.ts';

const path = '/first';
const peer = {
  'network.peer.address': '127.0.0.1',
  'network.peer.port': '<port>',
  'network.protocol.version': '1.1',
};
const overTcp: ShownSpan[] = [
  clientSpan({ path, statusCode: 200, attributes: peer }),
  serverSpan({ path, statusCode: 200 }),
];

describe.each<NodeMajor>([20, 24])('the first request on Node %i is traced, and its context sent along', (node) => {
  test.each<[string, string]>([
    ['get', 'first.cjs'],
    ['get', 'first.mjs'],
    ['list', 'first.cjs'],
    ['expect', 'first.cjs'],
    ['flushed', 'first.cjs'],
    ['connection', 'first.cjs'],
    ['derived', 'first.cjs'],
    ['domain', 'first.cjs'],
  ])('%s, %s', async (way, main) => {
    expect(await spansOf(way, main)).toEqual(overTcp);
  });

  test('over TLS', async () => {
    expect(await spansOf('tls')).toMatchObject([
      { kind: 'CLIENT', attributes: { 'url.full': `https://127.0.0.1:<port>${path}` } },
      { kind: 'SERVER', parent: `CLIENT GET ${path}`, attributes: { 'url.scheme': 'https' } },
    ]);
  });

  test('over a Unix domain socket', async () => {
    expect(await spansOf('unix')).toMatchObject([
      { kind: 'CLIENT', attributes: { 'url.full': `http://127.0.0.1${path}` } },
      { kind: 'SERVER', parent: `CLIENT GET ${path}` },
    ]);
  });

  async function spansOf(way: string, main = 'first.cjs'): Promise<readonly ShownSpan[]> {
    const { spans, stderr, code } = await runTraced(`http/${main}`, { node, programArguments: [way] });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    return spans;
  }
});

test("EventEmitter is Node's own again once there was a request, on Node 20", async () => {
  const script = join(folder, 'emitter.cjs');
  writeFileSync(
    script,
    `const { EventEmitter } = require('node:events');
    const show = () => console.log(String(EventEmitter.init), Object.getOwnPropertyDescriptor(EventEmitter, 'init'));
    require('node:http').get('http://127.0.0.1:9').on('error', show);`,
  );
  const bare = await runCommand(nodeBinary(20), [script]);
  const traced = await runTraced(script, { node: 20 });
  expect(bare.stdout).toContain('_events');
  expect(traced.stdout).toBe(bare.stdout);
});
