/** What holds for a program whatever format its spans leave in: nothing is lost, nothing comes twice, nothing shows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificate } from '../../../../scripts/certificate.ts';
import { type NodeMajor, nodeBinary, nodeMajors } from '../../testing/nodes.ts';
import {
  grpcReceiver,
  jaegerReceiver,
  otlpJsonReceiver,
  type Receiver,
  zipkinReceiver,
} from '../../testing/receivers.ts';
import { type Run, Workbench } from '../../testing/workbench.ts';

const program = `
const { trace } = require('@opentelemetry/api');
const way = process.argv[2];
const span = (name) => trace.getTracer('program').startSpan(name).end();
process.on('exit', () => span('at exit'));
span('first');
if (way === 'at once') { console.log('ending'); process.exit(4); }
setTimeout(end, way === 'later' ? 1_000 : 40);
function end() {
  span('last');
  console.log('ending');
  if (way === 'exit') process.exit(3);
  if (way === 'throw') throw new Error('thrown on purpose');
  if (way === 'SIGTERM') { setInterval(() => {}, 1_000); process.kill(process.pid, 'SIGTERM'); }
}
`;

const ways: readonly (readonly [way: string, ending: Pick<Run, 'code' | 'signal'>, names: readonly string[]])[] = [
  ['natural', { code: 0, signal: null }, ['at exit', 'first', 'last']],
  ['later', { code: 0, signal: null }, ['at exit', 'first', 'last']],
  ['exit', { code: 3, signal: null }, ['at exit', 'first', 'last']],
  ['at once', { code: 4, signal: null }, ['at exit', 'first']],
  ['throw', { code: 1, signal: null }, ['at exit', 'first', 'last']],
  ['SIGTERM', { code: null, signal: 'SIGTERM' }, ['first', 'last']],
];

const receivers: Readonly<Record<string, () => Promise<Receiver>>> = {
  'http/json': otlpJsonReceiver,
  grpc: grpcReceiver,
  jaeger: jaegerReceiver,
  zipkin: zipkinReceiver,
};

let bench: Workbench;
let script: string;

beforeAll(() => {
  bench = new Workbench();
  script = bench.write('ending.cjs', program);
});
afterAll(() => bench[Symbol.dispose]());

function run(env: Readonly<Record<string, string>>, way: string, node: NodeMajor = 20): Promise<Run> {
  const options = { node: nodeBinary(node), programArguments: [way], env: { ...env } };
  return bench.run(script, { ...options, nodeArguments: ['--require', bench.preload] });
}

// Twice more where it fails: what takes longer than a second at exit is given up, and a busy machine takes longer.
describe.each(nodeMajors)('on Node %i', { retry: 2 }, (node) => {
  const tried = ways.filter(([way]) => node === 20 || way === 'exit' || way === 'at once');

  describe.each(Object.keys(receivers))('by %s', (format) => {
    test.each(tried)('all spans of a program that ends by %s arrive, once', async (way, ending, names) => {
      await using receiver = await (receivers[format] as () => Promise<Receiver>)();
      const traced = await run(receiver.env, way, node);
      expect(traced).toMatchObject({ ...ending, stdout: 'ending\n' });
      if (way !== 'throw') expect(traced.stderr).toBe('');
      expect(receiver.names).toEqual(names);
    });
  });

  test.each(tried)('a program that ends by %s has its spans in what it prints', async (way, ending, names) => {
    const traced = await run({ OTEL_TRACES_EXPORTER: 'console' }, way, node);
    expect(traced).toMatchObject(ending);
    const printed = traced.stdout.matchAll(/^\d\d:\d\d:\d\d\.\d{3} INTERNAL (.*) {2}[\d.]+ (?:ns|µs|ms)$/gm);
    expect(Array.from(printed, ([, name]) => name).sort()).toEqual(names);
    expect(traced.stdout.match(/^resource$/gm)).toHaveLength(1);
  });
});

test('the exit of a program whose backend speaks TLS', { retry: 2 }, async () => {
  await using receiver = await grpcReceiver(undefined, { tls: true });
  const env = { ...receiver.env, OTEL_EXPORTER_OTLP_CERTIFICATE: bench.write('ca.pem', certificate.cert) };
  expect(await run(env, 'exit')).toMatchObject({ code: 3, stdout: 'ending\n', stderr: '' });
  expect(receiver.names).toEqual(['at exit', 'first', 'last']);
});
