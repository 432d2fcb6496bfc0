/** Files of each format as pieces of OTLP. */
import { readTraces, type Span, writeTraces } from '@sightline/wire';
import { expect, test } from 'vitest';
import { ByteSource } from './byte-source.ts';
import { type FileFormat, formatOf } from './file-format.ts';
import { jsonPieces } from './json-pieces.ts';
import type { Piece } from './piece.ts';
import { protobufPieces } from './protobuf-pieces.ts';

async function piecesOf(content: string | Uint8Array): Promise<Piece[]> {
  const bytes = Buffer.from(content);
  const source = new ByteSource(chunksOf(bytes));
  const format = formatOf(bytes) as FileFormat;
  const pieces = format.encoding === 'json' ? jsonPieces(source, format) : protobufPieces(source, format.framing);
  const all: Piece[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

function spansOf(pieces: readonly Piece[]): Span[] {
  return pieces.flatMap((piece) =>
    'payload' in piece
      ? readTraces(piece.payload).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      : [],
  );
}

function problemsOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece) => ('problem' in piece ? [`${piece.line ?? '-'}: ${piece.problem}`] : []));
}

const jaegerSpan = (n: number) => ({
  traceID: 'abc',
  spanID: n.toString(16).padStart(16, '1'),
  operationName: `step ${n}`,
  startTime: 1_790_000_000_000_000 + n,
  duration: 5,
  processID: n % 2 === 0 ? 'p1' : 'p2',
  tags: [{ key: 'text', type: 'string', value: 'x'.repeat(200) }],
});
const processes = { p1: { serviceName: 'even', tags: [] }, p2: { serviceName: 'odd', tags: [] } };

test.each([
  ['in the envelope of the API', (trace: object) => ({ data: [trace], total: 0, errors: null })],
  ['alone', (trace: object) => trace],
  ['in a list', (trace: object) => [trace]],
])('a trace of Jaeger’s %s may be larger than what is translated at once', async (_, wrap) => {
  const spans = Array.from({ length: 20_000 }, (__, n) => jaegerSpan(n));
  const pieces = await piecesOf(JSON.stringify(wrap({ traceID: 'abc', spans, processes })));
  expect(pieces.length).toBeGreaterThan(5);
  expect(problemsOf(pieces)).toEqual([]);
  expect(new Set(spansOf(pieces).map(({ name }) => name)).size).toBe(20_000);
  for (const piece of pieces) {
    const services = readTraces((piece as { payload: Uint8Array }).payload).resourceSpans.map(
      ({ resource }) => resource?.attributes[0]?.value.stringValue,
    );
    expect(services.sort()).toEqual(['even', 'odd']);
  }
});

const zipkinSpan = (n: number) => ({
  traceId: 'a',
  id: n.toString(16),
  name: `z${n}`,
  timestamp: 1_790_000_000_000_000,
});

test('of Zipkin’s spans, a broken one costs itself only', async () => {
  const spans = Array.from({ length: 2_500 }, (_, n) => JSON.stringify(zipkinSpan(n + 1)));
  spans[1_234] = '{"traceId":"a","id":"1","timestamp":"soon"}';
  const pieces = await piecesOf(`[\n${spans.join(',\n')}\n]`);
  expect(spansOf(pieces)).toHaveLength(2_499);
  expect(problemsOf(pieces)).toEqual([expect.stringMatching(/^1236: \[0\]\.timestamp: "soon"/)]);
});

test('Zipkin’s API answers with a list for each trace', async () => {
  const pieces = await piecesOf(JSON.stringify([[zipkinSpan(1), zipkinSpan(2)], [], [zipkinSpan(3)]]));
  expect(spansOf(pieces).map(({ name }) => name)).toEqual(['z1', 'z2', 'z3']);
});

test('integers keep all of their digits, and names may be in snake case', async () => {
  const spans = `[{"trace_id":"${'a'.repeat(32)}","span_id":"${'b'.repeat(16)}","start_time_unix_nano":1790000000123456789}]`;
  const pieces = await piecesOf(`{"resource_spans":[{"scope_spans":[{"spans":${spans}}]}]}`);
  expect(spansOf(pieces)[0]?.startTimeUnixNano).toBe('1790000000123456789');
});

function otlpSpan(n: number, attributeBytes = 0): Span {
  const attributes =
    attributeBytes > 0 ? { attributes: [{ key: 'a', value: { stringValue: 'x'.repeat(attributeBytes) } }] } : {};
  const id = String(n).padStart(16, '1');
  return { traceId: `${id}${id}`, spanId: id, name: 'x', startTimeUnixNano: '1', endTimeUnixNano: '2', ...attributes };
}

function message(...spans: Span[]): Buffer {
  return Buffer.from(writeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
}

function framed(body: Buffer, framing: string): Buffer {
  if (framing === 'none') return body;
  if (framing === 'varint') return Buffer.concat([Buffer.from([(body.length & 0x7f) | 0x80, body.length >> 7]), body]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

test.each(['none', 'fixed', 'varint'])(
  'protobuf with its lengths as %s is read message by message',
  async (framing) => {
    const bodies = [message(otlpSpan(1, 200)), message(otlpSpan(2, 200), otlpSpan(3)), message(otlpSpan(4, 300))];
    const content = Buffer.concat(bodies.map((body) => framed(body, framing)));
    const pieces = await piecesOf(content);
    expect(pieces).toHaveLength(3);
    expect(spansOf(pieces)).toEqual([otlpSpan(1, 200), otlpSpan(2, 200), otlpSpan(3), otlpSpan(4, 300)]);
    const cut = await piecesOf(content.subarray(0, -1));
    expect(spansOf(cut)).toHaveLength(3);
    expect(problemsOf(cut)).toEqual(['-: the file ends in the middle of a message']);
  },
);

test('a message of protobuf that is too much for a receiver is divided', async () => {
  const spans = Array.from({ length: 5_500 }, (_, n) => otlpSpan(n, 1_000));
  const pieces = await piecesOf(message(...spans));
  expect(pieces.map((piece) => ('spanCount' in piece ? piece.spanCount : 0))).toEqual([
    1_000, 1_000, 1_000, 1_000, 1_000, 500,
  ]);
  expect(spansOf(pieces)).toEqual(spans);
});

test('a broken message costs itself only, where there are lengths', async () => {
  const broken = message(otlpSpan(2, 200));
  broken[8] = 0xff;
  const content = Buffer.concat(
    [message(otlpSpan(1)), broken, message(otlpSpan(3))].map((body) => framed(body, 'fixed')),
  );
  const pieces = await piecesOf(content);
  expect(spansOf(pieces)).toEqual([otlpSpan(1), otlpSpan(3)]);
  expect(problemsOf(pieces)).toHaveLength(1);
});
