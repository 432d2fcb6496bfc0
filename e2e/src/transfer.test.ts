/** `sightline export` and `sightline import` between two backends: what comes out of the second is what went into the first. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Span, TracesData } from '@sightline/wire';
import { expect, test } from 'vitest';
import { startBackend } from './backend.ts';
import { failedTrace, hostileTrace, largeTrace, type SampleTrace, slowTrace, spanId, store } from './sample-spans.ts';
import { shareBackend } from './shared-backend.ts';
import { eventually, sightline, temporaryDirectory } from './sightline.ts';

const samples = [slowTrace(), failedTrace(), hostileTrace(), largeTrace(1_200), richTrace()];
const first = shareBackend((addresses) => store(addresses, ...samples));

/** Everything that OTLP can say of a span. */
function richTrace(): SampleTrace {
  const traceId = 'feedfacefeedfacefeedfacefeedface';
  const start = BigInt(Date.now() - 30_000) * 1_000_000n;
  const span: Span = {
    traceId,
    spanId: spanId('r1'),
    parentSpanId: spanId('r0'),
    traceState: 'vendor=x',
    flags: 257,
    name: 'everything',
    kind: 3,
    startTimeUnixNano: String(start + 1_234_567n),
    endTimeUnixNano: String(start + 9_876_543n),
    attributes: [
      { key: 'text', value: { stringValue: 'grün "quoted" \u2028' } },
      { key: 'large', value: { intValue: '-9223372036854775808' } },
      { key: 'ratio', value: { doubleValue: 0.1 } },
      { key: 'odd', value: { doubleValue: 'NaN' } },
      { key: 'flag', value: { boolValue: false } },
      { key: 'bytes', value: { bytesValue: '3q2+7w==' } },
      { key: 'empty', value: {} },
      { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: 'two' }, {}] } } },
      { key: 'map', value: { kvlistValue: { values: [{ key: 'a', value: { boolValue: true } }] } } },
      { key: 'server.address', value: { stringValue: '10.0.0.7' } },
      { key: 'server.port', value: { intValue: '8080' } },
    ],
    droppedAttributesCount: 1,
    events: [
      {
        timeUnixNano: String(start + 2_000_000n),
        name: 'retry',
        attributes: [{ key: 'attempt', value: { intValue: '2' } }],
        droppedAttributesCount: 3,
      },
    ],
    droppedEventsCount: 4,
    links: [
      {
        traceId: '0123456789abcdef0123456789abcdef',
        spanId: spanId('other'),
        traceState: 'a=b',
        attributes: [{ key: 'why', value: { stringValue: 'batch' } }],
      },
    ],
    droppedLinksCount: 5,
    status: { code: 2, message: 'no stock' },
  };
  const resource = {
    attributes: [
      { key: 'service.name', value: { stringValue: 'Rich' } },
      { key: 'host.name', value: { stringValue: 'h1' } },
      { key: 'process.pid', value: { intValue: '42' } },
    ],
  };
  const scope = { name: 'lib', version: '1.2', attributes: [{ key: 's', value: { stringValue: 't' } }] };
  const scopeSpans = [{ scope, spans: [span], schemaUrl: 'https://opentelemetry.io/schemas/1.33.0' }];
  return { traceId, data: { resourceSpans: [{ resource, scopeSpans }] } };
}

async function run(args: readonly string[], input?: Buffer): Promise<string> {
  const started = sightline(args);
  started.child.stdin?.end(input);
  expect(await started.ended, started.output).toEqual({ code: 0, signal: null });
  return started.stderr.toString();
}

const documentsOf: Record<string, (text: string) => unknown> = {
  'otlp-jsonl': (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  'otlp-json': JSON.parse,
  jaeger: JSON.parse,
  zipkin: (text) => JSON.parse(text).map(withoutCallee),
};

/** Zipkin's callee is made of attributes, and becomes attributes again: some more of them, since it might be all there is. */
function withoutCallee({ remoteEndpoint: _, ...span }: { remoteEndpoint?: unknown; tags: Record<string, string> }) {
  const tags = Object.entries(span.tags).filter(([key]) => !/^(peer\.service|network\.peer\.)/.test(key));
  return { ...span, tags: Object.fromEntries(tags) };
}

/** The same for all orders of its lists. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, member]) => [key, inOrder(member)]),
  );
}

const spanTotal = 3 + 2 + 2 + 1_200 + 1;

test.each([
  ['otlp-jsonl', 'as a file'],
  ['otlp-json', 'gzipped'],
  ['jaeger', 'by standard input'],
  ['zipkin', 'as a file'],
])('what is exported as %s, and imported %s, is exported again as it was', async (format, way) => {
  const second = await startBackend();
  const file = join(temporaryDirectory(), 'traces');
  const exported = ['export', '--from', first.http, '--format', format, '-o', file];
  expect(await run(way === 'gzipped' ? [...exported, '--gzip'] : exported)).toContain(
    `exported 5 traces, ${spanTotal.toLocaleString('en-US')} spans`,
  );
  const isInput = way === 'by standard input';
  const said = await run(
    ['import', '--to', second.otlpHttp, isInput ? '-' : file],
    isInput ? readFileSync(file) : undefined,
  );
  expect(said).toContain(`imported ${spanTotal.toLocaleString('en-US')} spans of 1 file`);

  const again = join(temporaryDirectory(), 'again');
  await eventually(async () => {
    const text = await run(['export', '--data', second.dataDir, '--format', format, '-o', again]);
    if (!text.includes(`5 traces, ${spanTotal.toLocaleString('en-US')} spans`)) throw new Error(text);
  });
  const plain = join(temporaryDirectory(), 'plain');
  await run(['export', '--from', first.http, '--format', format, '-o', plain, '--quiet']);
  const documents = documentsOf[format] as (text: string) => unknown;
  // Without a diff: it would be of a thousand spans.
  const isSame =
    JSON.stringify(inOrder(documents(readFileSync(again, 'utf8')))) ===
    JSON.stringify(inOrder(documents(readFileSync(plain, 'utf8'))));
  expect(isSame).toBe(true);
});

test('a search decides what is exported, and a trace can be named', async () => {
  const exported = async (...args: string[]): Promise<string[]> => {
    const started = sightline(['export', '--from', first.http, ...args]);
    expect((await started.ended).code, started.output).toBe(0);
    const lines = started.stdout.toString().split('\n').slice(0, -1);
    return lines.map(
      (line) => (JSON.parse(line) as TracesData).resourceSpans[0]?.scopeSpans[0]?.spans[0]?.traceId ?? '',
    );
  };
  const [slow, failed, , large] = samples.map(({ traceId }) => traceId);
  expect(await exported('--service', 'slow')).toEqual([slow]);
  expect(await exported('--status', 'error', '--attribute', 'db.system.name=postgresql')).toEqual([]);
  expect(await exported('--attribute', 'db.system.name=postgresql', '--since', '1h')).toEqual([failed]);
  expect(await exported('--min-duration', '2s', '--name', 'GET /')).toEqual([slow]);
  expect(await exported('--start', '2100-01-01T00:00:00Z', '--end', '2100-01-02T00:00:00Z')).toEqual([]);
  expect(await exported('--trace', large ?? '', '--trace', failed ?? '')).toEqual([large, failed]);
  expect(await exported('--limit', '2')).toHaveLength(2);
});

test.each([
  [['--min-duration', '5'], 1, 'minDuration="5" is not a duration'],
  [['--trace', 'd'.repeat(32)], 6, 'exported 0 traces, 0 spans (0 bytes), 1 trace not found'],
  [['--from', 'http://127.0.0.1:1'], 1, 'no backend answers at http://127.0.0.1:1'],
  [['-o', '/nowhere/traces'], 1, '/nowhere/traces cannot be written: ENOENT'],
  [['--format', 'xml'], 2, 'otlp-jsonl, otlp-json, jaeger, zipkin'],
] as const)('export %j ends with %i, and says why', async (args, code, text) => {
  const started = sightline(['export', '--from', first.http, ...args]);
  expect((await started.ended).code).toBe(code);
  expect(started.stderr.toString()).toContain(text);
  expect(started.stdout.toString()).toBe('');
});

test('export ends when nobody reads it any more', async () => {
  const started = sightline(['export', '--from', first.http]);
  started.child.stdout?.destroy();
  expect((await started.ended).code).toBe(1);
  expect(started.stderr.toString()).toContain('nobody reads standard output any more');
});
