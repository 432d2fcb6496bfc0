import { writeTraces } from '@sightline/wire';
import { expect, test } from 'vitest';
import { formatNamed, formatOf } from './file-format.ts';

const span = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'x',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};
const message = Buffer.from(writeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
const fixedLength = Buffer.from([0, 0, 0, message.length]);

const otlp = { encoding: 'json', name: 'otlp', items: { member: 'resourceSpans' } };
const jaeger = { encoding: 'json', name: 'jaeger', items: { member: 'data' } };
const zipkin = { encoding: 'json', name: 'zipkin', items: 'array' };

test.each([
  ['{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"1"', otlp],
  ['\ufeff\n { "resourceSpans" : [] }', otlp],
  ['{"resource_spans":[', { ...otlp, items: { member: 'resource_spans' } }],
  ['{"result":{"resourceSpans":[', otlp],
  ['{"data":[{"traceID":"1","spans":[', jaeger],
  ['{"data":[{"processes":{},"spans":[{"traceID":"1"', jaeger],
  ['{"data":[],"total":0}', jaeger],
  ['{"traceID":"1","spans":[', { ...jaeger, items: 'values' }],
  ['[{"traceID":"1","spans":[', { ...jaeger, items: 'array' }],
  ['[{"traceId":"1","id":"2"}]', zipkin],
  ['[[{"id":"2","traceId":"1"}]]', zipkin],
  ['[]\n', zipkin],
  ['{"traceId":"1","id":"2"}\n{"traceId":', { ...zipkin, items: 'values' }],
  [message, { encoding: 'protobuf', framing: 'none' }],
  [Buffer.concat([fixedLength, message]), { encoding: 'protobuf', framing: 'fixed' }],
  [Buffer.concat([fixedLength.subarray(3), message]), { encoding: 'protobuf', framing: 'varint' }],
])('%s is known by its beginning', (head, format) => {
  expect(formatOf(Buffer.from(head))).toEqual(format);
});

test.each(['', '{}', '[1]', '{"data":["a"]}', '{"resourceMetrics":[]}', 'text', '\u0001'])('%j is none', (head) => {
  expect(formatOf(Buffer.from(head))).toBeUndefined();
});

test('a format that is insisted on is taken, with the form that the content has', () => {
  expect(formatNamed('otlp-jsonl', Buffer.from('rubbish\n{"resourceSpans":'))).toEqual(otlp);
  expect(formatNamed('jaeger', Buffer.from('{"traceID":'))).toEqual({ ...jaeger, items: 'values' });
  expect(formatNamed('zipkin', Buffer.from('{"data":[{"traceID":'))).toEqual(zipkin);
  expect(formatNamed('otlp-proto', fixedLength)).toEqual({ encoding: 'protobuf', framing: 'none' });
});
