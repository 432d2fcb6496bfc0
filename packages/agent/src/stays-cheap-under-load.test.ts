/** The short form of bench/soak: enough requests that a hundred bytes left behind by each would show. */
import { afterAll, expect, test } from 'vitest';
import { FakeBackend } from '../testing/fake-backend.ts';
import { nodeBinary } from '../testing/nodes.ts';
import { Workbench } from '../testing/workbench.ts';

const bench = new Workbench();
afterAll(() => bench[Symbol.dispose]());

// Asks itself over ten connections that stay open: half of them requests, half messages after an upgrade. Says how
// large the heap is after 4,000 answers, and after as many more as it is told.
const script = bench.write(
  'asks-itself.cjs',
  `const http = require('node:http');
  const net = require('node:net');
  const { trace } = require('@opentelemetry/api');
  const tracer = trace.getTracer('load');
  const server = http.createServer((_request, response) => {
    tracer.startActiveSpan('step', (span) => setImmediate(() => { span.end(); response.end('hello'); }));
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\\r\\nconnection: upgrade\\r\\nupgrade: test\\r\\n\\r\\n');
    socket.on('data', (message) => {
      tracer.startActiveSpan('message', (span) => setImmediate(() => { span.end(); socket.write(message); }));
    });
  });
  const request = 'GET / HTTP/1.1\\r\\nhost: test\\r\\n\\r\\n';
  const upgrade = 'GET / HTTP/1.1\\r\\nhost: test\\r\\nconnection: upgrade\\r\\nupgrade: test\\r\\n\\r\\n';
  let left = 0;
  let done;
  const idle = [];
  function open(first, next) {
    const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write(first));
    socket.on('data', () => (left-- > 0 ? socket.write(next) : idle.push(() => socket.write(next)) === 10 && done()));
  }
  function answers(count) {
    left = count;
    for (const resume of idle.splice(0)) resume();
    return new Promise((resolve) => { done = resolve; });
  }
  async function heapUsed() {
    await new Promise((resolve) => setTimeout(resolve, 700)); // what has been made is sent
    for (let i = 0; i < 5; i++) { gc(); await new Promise(setImmediate); }
    return process.memoryUsage().heapUsed;
  }
  server.listen(0, '127.0.0.1', async () => {
    for (let i = 0; i < 5; i++) { open(request, request); open(upgrade, 'hello'); }
    await answers(4_000);
    const before = await heapUsed();
    await answers(Number(process.argv[2]));
    console.log(JSON.stringify({ before, after: await heapUsed() }));
    process.exit();
  });`,
);

const answers = 20_000;
/** Of the heap, for each answer. What the compiler adds meanwhile comes to 13 at most; an ended span would be 800. */
const toleratedBytes = 50;

test.each([20, 24] as const)(
  'answers over connections that stay open leave the heap as it was, on Node %i',
  async (node) => {
    await using backend = await FakeBackend.start();
    const run = await bench.runTraced(script, backend.url, {
      node: nodeBinary(node),
      nodeArguments: ['--expose-gc'],
      programArguments: [String(answers)],
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const { before, after } = JSON.parse(run.stdout) as { before: number; after: number };
    expect(backend.spans.length).toBeGreaterThan(answers);
    expect((after - before) / answers).toBeLessThan(toleratedBytes);
  },
);
