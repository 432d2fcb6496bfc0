/**
 * How programs end with the agent, held against the same program without it: exit code, signal, output
 * and time, on each Node. And every span that had finished arrives.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeBackend } from '../testing/fake-backend.ts';
import { nodeBinary, nodeMajors } from '../testing/nodes.ts';
import { grpcReceiver } from '../testing/receivers.ts';
import { type Run, Workbench } from '../testing/workbench.ts';

/** What the agent may add to the time of ending. */
const allowedMs = 100;

const program = `
const http = require('node:http');
const { trace } = require('@opentelemetry/api');
const way = process.argv[2];

const server = http.createServer((request, response) => response.end('hello'));
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
    response.resume().on('end', () => setTimeout(end, 30));
  });
});

function end() {
  server.closeAllConnections();
  server.close();
  if (way.startsWith('own-')) process.on(signal(), () => { console.log('own listener'); process.exit(7); });
  if (way.startsWith('once-')) process.once(signal(), () => { console.log('once'); process.kill(process.pid, signal()); });
  process.on('exit', (code) => { finishSpan('at exit'); console.log('exit listener', code, process.listenerCount('SIGTERM')); });
  finishSpan('last work');
  console.log('ending');
  if (way === 'exit') process.exit(3);
  if (way === 'exit-in-exit') { process.on('exit', () => process.exit(9)); process.exit(3); }
  if (way === 'throw') throw new Error('thrown on purpose');
  if (way === 'reject') Promise.reject(new Error('rejected on purpose'));
  if (way.includes('SIG')) { setInterval(() => {}, 1_000); process.kill(process.pid, signal()); }
}

function signal() { return way.replace(/^.*-/, ''); }
function finishSpan(name) { trace.getTracer('program').startSpan(name).end(); }
`;

const ways = [
  ['natural', { code: 0, signal: null }],
  ['exit', { code: 3, signal: null }],
  ['exit-in-exit', { code: 9, signal: null }],
  ['throw', { code: 1, signal: null }],
  ['reject', { code: 1, signal: null }],
  ['SIGTERM', { code: null, signal: 'SIGTERM' }],
  ['SIGINT', { code: null, signal: 'SIGINT' }],
  ['SIGHUP', { code: null, signal: 'SIGHUP' }],
  ['own-SIGTERM', { code: 7, signal: null }],
  ['own-SIGINT', { code: 7, signal: null }],
  ['once-SIGTERM', { code: null, signal: 'SIGTERM' }],
] as const;

let bench: Workbench;
let script: string;

beforeAll(() => {
  bench = new Workbench();
  script = bench.write('ending.cjs', program);
});
afterAll(() => bench[Symbol.dispose]());

describe.each(nodeMajors)('on Node %i', (major) => {
  const node = nodeBinary(major);
  test.concurrent.each(ways)('a program that ends by %s ends as without the agent', async (way, ending) => {
    await using backend = await FakeBackend.start();
    const options = { node, programArguments: [way] };
    const bare = await bench.run(script, options);
    const traced = await bench.runTraced(script, backend.url, options);

    expect({ code: bare.code, signal: bare.signal }).toEqual(ending);
    expect(visible(traced)).toEqual(visible(bare));
    const listensAtExit = ending.signal === null ? ['at exit'] : []; // death by a signal emits no exit
    expect(backend.names).toEqual(['GET', 'GET', ...listensAtExit, 'last work']);
  });
});

test.each(['natural', 'exit', 'throw', 'SIGTERM'])('ending by %s takes no longer than without', async (way) => {
  await using backend = await FakeBackend.start();
  const bare = () => bench.run(script, { programArguments: [way] });
  const traced = () => bench.runTraced(script, backend.url, { programArguments: [way] });
  expect(await addedMs(bare, traced)).toBeLessThan(allowedMs);
});

test('ending takes hardly longer than without over gRPC, whose session is taken over', async () => {
  await using receiver = await grpcReceiver();
  const bare = () => bench.run(script, { programArguments: ['exit'] });
  const options = { nodeArguments: ['--require', bench.preload], programArguments: ['exit'], env: { ...receiver.env } };
  expect(await addedMs(bare, () => bench.run(script, options))).toBeLessThan(allowedMs / 2);
});

/** Compares the quickest of a few runs, since noise only ever adds; on a busy machine that takes some more. */
async function addedMs(bare: () => Promise<Run>, traced: () => Promise<Run>): Promise<number> {
  let bareMs = Number.POSITIVE_INFINITY;
  let tracedMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3 || (i < 10 && tracedMs - bareMs >= allowedMs / 2); i++) {
    bareMs = Math.min(bareMs, (await bare()).endingMs);
    tracedMs = Math.min(tracedMs, (await traced()).endingMs);
  }
  return tracedMs - bareMs;
}

function visible({ code, signal, stdout, stderr }: Run): Omit<Run, 'endingMs'> {
  return { code, signal, stdout, stderr };
}
