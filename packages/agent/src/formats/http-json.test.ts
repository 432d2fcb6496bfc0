import { readTraces, readTracesJson } from '@sightline/wire';
import { expect, test } from 'vitest';
import { FakeBackend } from '../../testing/fake-backend.ts';
import { formatSender, richBatch, sendAll } from '../../testing/format-sender.ts';
import { otlpJsonReceiver } from '../../testing/receivers.ts';
import { counters } from '../counters.ts';
import { readJsonOutcome } from './json-outcome.ts';

test('the body is OTLP’s JSON: what a reader makes of it is what stands in it', async () => {
  await using receiver = await otlpJsonReceiver();
  const batch = richBatch();
  const bytes = Buffer.concat(batch.parts);
  await sendAll(formatSender(receiver.env), batch);
  const body = receiver.bodies[0] as Buffer;
  expect(JSON.parse(body.toString())).toEqual(readTracesJson(body));
  expect(readTracesJson(body)).toEqual(readTraces(bytes));
  const [span] = readTracesJson(body).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
  expect(span).toMatchObject({
    traceId: '8af7651916cd43dda448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
    kind: 3,
    startTimeUnixNano: '1700000000000250000',
    attributes: expect.arrayContaining([{ key: 'large', value: { intValue: '9007199254740991' } }]),
  });
});

test('compressed where that is asked for', async () => {
  const encodings: (string | undefined)[] = [];
  await using backend = await FakeBackend.start((response, request) => {
    encodings.push(request.headers['content-encoding']);
    response.writeHead(299).end(); // so that the body is not read as protobuf
    response.statusCode = 300;
  });
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' };
  await sendAll(formatSender({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: backend.url }), richBatch());
  expect(encodings).toEqual(['gzip']);
});

function answer(status: number, body: string) {
  return { status, headers: new Map<string, string>(), body: Buffer.from(body), keepsAlive: true };
}

test.each([
  ['{"partialSuccess":{"rejectedSpans":"5","errorMessage":"why"}}', 5, 'why'],
  ['{"partialSuccess":{"rejectedSpans":2}}', 2, ''],
  ['{"partialSuccess":{"rejectedSpans":"-1"}}', 0, ''],
  ['{"partialSuccess":{}}', 0, ''],
  ['{}', 0, ''],
  ['null', 0, ''],
  ['no JSON', 0, ''],
  ['', 0, ''],
])('the answer %s rejects %i spans', (body, rejectedSpans, message) => {
  expect(readJsonOutcome(answer(200, body))).toEqual({ kind: 'accepted', rejectedSpans, message });
});

test('other statuses mean what they mean for protobuf', () => {
  expect(readJsonOutcome(answer(503, '{}'))).toMatchObject({ kind: 'retry' });
  expect(readJsonOutcome(answer(400, '{}'))).toMatchObject({ kind: 'refused' });
});

test('a batch that cannot be translated is given up, and counted', async () => {
  await using receiver = await otlpJsonReceiver();
  const sender = formatSender(receiver.env);
  const refused = counters.droppedRefused;
  const broken = { parts: [Buffer.of(0x0a, 0x05, 0x00)], sizeBytes: 3, spanCount: 4, wasSent: false };
  await sendAll(sender, broken, richBatch());
  expect(counters.droppedRefused - refused).toBe(4);
  expect(receiver.names).toEqual(['POST /orders']);
});
