import { expect, test } from 'vitest';
import { readGrpcOutcome } from './grpc-outcome.ts';

function answer(headers: Readonly<Record<string, string>>, { status = 200, body = [] as number[] } = {}) {
  return { status, headers: new Map(Object.entries(headers)), body: Buffer.from(body), keepsAlive: true };
}

test.each([1, 4, 10, 11, 14, 15])('gRPC status %i is tried again', (code) => {
  expect(readGrpcOutcome(answer({ 'grpc-status': String(code) }))).toMatchObject({ kind: 'retry', afterMs: undefined });
});

test.each([2, 3, 5, 6, 7, 8, 9, 12, 13, 16])('gRPC status %i is final', (code) => {
  expect(readGrpcOutcome(answer({ 'grpc-status': String(code) })).kind).toBe('refused');
});

/** google.rpc.Status with a google.rpc.RetryInfo of that many seconds and half of one. */
function retryInfo(seconds: number): string {
  const delay = Buffer.from([0x08, seconds, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]);
  const info = Buffer.concat([Buffer.of(0x0a, delay.length), delay]);
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
  const any = Buffer.concat([Buffer.of(0x0a, type.length), type, Buffer.of(0x12, info.length), info]);
  const other = Buffer.from([0x1a, 0x03, 0x0a, 0x01, 0x78]);
  return Buffer.concat([Buffer.of(0x08, 0x08), other, Buffer.of(0x1a, any.length), any]).toString('base64');
}

test('an exhausted backend is asked again where it says when, after a minute at most', () => {
  const exhausted = (details: string) => answer({ 'grpc-status': '8', 'grpc-status-details-bin': details });
  expect(readGrpcOutcome(exhausted(retryInfo(2)))).toMatchObject({ kind: 'retry', afterMs: 2_500 });
  expect(readGrpcOutcome(exhausted(retryInfo(100)))).toMatchObject({ kind: 'retry', afterMs: 60_000 });
  expect(readGrpcOutcome(exhausted('CAg='))).toMatchObject({ kind: 'refused' });
  expect(readGrpcOutcome(exhausted('////'))).toMatchObject({ kind: 'refused' });
});

test('the message is told, decoded', () => {
  const headers = { 'grpc-status': '3', 'grpc-message': 'no%20trace id' };
  expect(readGrpcOutcome(answer(headers))).toMatchObject({ message: 'gRPC status 3: no trace id' });
  const broken = { 'grpc-status': '3', 'grpc-message': '100%' };
  expect(readGrpcOutcome(answer(broken))).toMatchObject({ message: 'gRPC status 3: 100%' });
});

test('a partial success tells how many spans were rejected, and why', () => {
  const body = [0, 0, 0, 0, 9, 0x0a, 0x07, 0x08, 0x05, 0x12, 0x03, ...Buffer.from('why')];
  expect(readGrpcOutcome(answer({ 'grpc-status': '0' }, { body }))).toEqual({
    kind: 'accepted',
    rejectedSpans: 5,
    message: 'why',
  });
});

test('without a gRPC status, the HTTP status counts', () => {
  expect(readGrpcOutcome(answer({}, { status: 503 }))).toMatchObject({ kind: 'retry' });
  expect(readGrpcOutcome(answer({}, { status: 404 }))).toMatchObject({ kind: 'refused' });
  expect(readGrpcOutcome(answer({}))).toMatchObject({ kind: 'refused', message: 'no gRPC status' });
});
