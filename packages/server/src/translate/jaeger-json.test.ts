import { DecodeError, readTraces, type Span, type TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import { type JaegerTrace, jaegerTrace } from '../api/jaeger/jaeger-trace.ts';
import { translateJaegerJson } from './jaeger-json.ts';

const traceId = 'ab'.repeat(16);
const translate = (json: unknown) =>
  translateJaegerJson(Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)));
const tracesOf = (json: unknown): TracesData => readTraces(translate(json).payload);

const span = {
  traceID: traceId,
  spanID: 'cd',
  operationName: 'work',
  startTime: 1_763_800_000_123_456,
  duration: 5,
  processID: 'p1',
};
const trace = { traceID: traceId, spans: [span], processes: { p1: { serviceName: 'shop', tags: [] } } };

const spanOf = (members: object): Span | undefined =>
  tracesOf({ ...trace, spans: [{ ...span, ...members }] }).resourceSpans[0]?.scopeSpans[0]?.spans[0];

test("what our own API writes in Jaeger's JSON is written the same after it was read", () =>
  fc.assert(
    fc.property(anyTraces.map(exportable), (traces) => {
      const written = jaegerTrace(traceId, traces);
      const again = jaegerTrace(traceId, tracesOf({ data: [written] }));
      expect(comparable(again)).toEqual(comparable(written));
    }),
  ));

test('takes what the UI saves: several traces in one file', () => {
  const other = {
    ...trace,
    spans: [{ ...span, spanID: '2', processID: 'p2' }],
    processes: { p2: { serviceName: 'stock' } },
  };
  expect(tracesOf({ data: [trace, other], total: 0, limit: 0, offset: 0, errors: null })).toMatchObject({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeSpans: [{ spans: [{ traceId, spanId: '00000000000000cd', name: 'work' }] }],
      },
      { resource: { attributes: [{ key: 'service.name', value: { stringValue: 'stock' } }] } },
    ],
  });
});

test('takes one trace alone, its processes before or after its spans', () => {
  const { spans, processes } = trace;
  expect(tracesOf(trace)).toEqual(tracesOf({ processes, spans }));
  expect(tracesOf(trace)).toEqual(tracesOf({ data: [trace] }));
});

test('ids without their zeros in front, and parents of both ways', () => {
  expect(spanOf({ traceID: 'AB', spanID: '1', parentSpanID: '2' })).toMatchObject({
    traceId: 'ab'.padStart(32, '0'),
    spanId: '0000000000000001',
    parentSpanId: '0000000000000002',
  });
  const references = [{ refType: 'CHILD_OF', traceID: traceId, spanID: '7' }];
  expect(spanOf({ references })?.parentSpanId).toBe('0000000000000007');
  expect(spanOf({ references })?.links).toBeUndefined();
});

test.each([
  [{ type: 'string', value: 'x' }, { stringValue: 'x' }],
  [{ type: 'bool', value: true }, { boolValue: true }],
  [{ type: 'int64', value: 5 }, { intValue: '5' }],
  [{ type: 'int64', value: '9223372036854775807' }, { intValue: '9223372036854775807' }],
  [{ type: 'int64', value: '9223372036854775808' }, { stringValue: '9223372036854775808' }],
  [{ type: 'int64', value: 1.5 }, { doubleValue: 1.5 }],
  [{ type: 'float64', value: 5 }, { doubleValue: 5 }],
  [{ type: 'float64', value: 'NaN' }, { doubleValue: 'NaN' }],
  [{ type: 'float64', value: 'five' }, { stringValue: 'five' }],
  [{ type: 'binary', value: 'AP8=' }, { bytesValue: 'AP8=' }],
  [{ type: 'binary', value: 'not base64!' }, { stringValue: 'not base64!' }],
  [{ value: 1.5 }, { doubleValue: 1.5 }],
  [{ value: 7 }, { intValue: '7' }],
  [{ type: 'string', value: null }, { stringValue: '' }],
])('the tag %j', (tag, value) => {
  expect(spanOf({ tags: [{ key: 'k', ...tag }] })?.attributes).toEqual([{ key: 'k', value }]);
});

test('warnings are kept', () => {
  expect(spanOf({ warnings: ['clock skew'] })?.attributes).toEqual([
    { key: '@jaeger@warnings', value: { arrayValue: { values: [{ stringValue: 'clock skew' }] } } },
  ]);
});

test.each([
  [{ traceID: 'xyz' }, 'traceId is missing'],
  [{ traceID: 'a'.repeat(40) }, 'traceId has 20 bytes, not 16'],
  [{ spanID: '0' }, 'spanId is all zeros'],
  [{ startTime: -1 }, 'data[0].spans[1]: startTime lies before 1970'],
])('the span with %j is refused, the others are kept', (members, reason) => {
  const translation = translate({ data: [{ ...trace, spans: [span, { ...span, ...members }] }] });
  expect(translation).toMatchObject({ spanCount: 1, refusedCount: 1 });
  expect(translation.firstRefusal).toContain(reason);
});

test.each([
  [
    '{"data":[{"spans":[{"startTime":"soon"}]}]}',
    'data[0].spans[0].startTime: "soon", where a number of microseconds belongs (at byte 32)',
  ],
  ['{"data":[{"spans":7}]}', 'data[0].spans: a number, where an array belongs (at byte 18)'],
  ['{"spans":[', 'spans[0]: the end of the JSON text where a value belongs (at byte 10)'],
])('refuses %s with byte and path', (json, message) => {
  expect(() => translate(json)).toThrow(message);
});

test('whatever the bytes are, they are translated or refused', () => {
  const bytes = Buffer.from(
    JSON.stringify({ data: [{ ...trace, spans: [{ ...span, tags: [{ key: 'k', value: 1 }] }] }] }),
  );
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(3), (at, byte, lost) => {
      const changed = Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + lost)]);
      try {
        translateJaegerJson(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
    { numRuns: 2000 },
  );
});

/** One trace, with times that Jaeger has numbers for, and of the flags the one that both formats have. */
function exportable({ resourceSpans }: TracesData): TracesData {
  return {
    resourceSpans: resourceSpans.map((ofResource) => ({
      ...ofResource,
      scopeSpans: ofResource.scopeSpans.map((ofScope) => ({ ...ofScope, spans: ofScope.spans.map(exportableSpan) })),
    })),
  };
}

function exportableSpan(span: Span): Span {
  const start = inMicros(span.startTimeUnixNano);
  return {
    ...span,
    traceId,
    flags: (span.flags ?? 0) & 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + inMicros(span.endTimeUnixNano)),
    events: (span.events ?? []).map((event) => ({ ...event, timeUnixNano: String(inMicros(event.timeUnixNano)) })),
  };
}

function inMicros(unixNano: string): bigint {
  const nano = BigInt(unixNano) % 4_000_000_000_000_000_000n;
  return nano - (nano % 1000n);
}

/** The names of processes and the order of spans that start together say nothing. */
function comparable({ spans, processes }: JaegerTrace): unknown[] {
  const named = spans.map(({ processID, ...span }) => ({ ...span, process: processes[processID] }));
  return named.sort((a, b) => a.spanID.localeCompare(b.spanID));
}
