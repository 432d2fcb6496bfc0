/** Bytes that no honest client sends: refused or translated, in bounded time and memory, and never anything else. */
import { DecodeError, readTraces } from '@sightline/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Translate, Translation } from './translation.ts';
import { jsonBytes, plain, spansOf, zipkinFixture } from './zipkin.fixture.ts';
import { translateZipkinJson } from './zipkin-json.ts';
import { translateZipkinProto } from './zipkin-proto.ts';
import { translateZipkinV1Thrift } from './zipkin-thrift.ts';

/** What takes a second; the collector of garbage works in threads of its own besides, and is counted too. */
const maxCpuMs = 2000;
const maxBytes = 16 * 1024 * 1024;

function attempt(translate: Translate, bytes: Uint8Array): Translation | DecodeError {
  try {
    return translate(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

/** Time that this process worked: others may be busy too. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}

function problem(translate: Translate, bytes: Uint8Array): string {
  const result = attempt(translate, bytes);
  if (result instanceof DecodeError) return result.message;
  throw new Error(`${result.spanCount} spans were translated`);
}

describe.each<[string, Translate, string]>([
  ['v2 JSON', translateZipkinJson, 'py-zipkin-v2.json'],
  ['v1 JSON', translateZipkinJson, 'py-zipkin-v1.json'],
  ['v2 protobuf', translateZipkinProto, 'py-zipkin-v2.proto.bin'],
  ['v1 Thrift', translateZipkinV1Thrift, 'py-zipkin-v1.thrift.bin'],
])('%s', (_format, translate, name) => {
  const whole = zipkinFixture(name);

  const isSound = (bytes: Uint8Array): void => {
    const result = attempt(translate, bytes);
    if (result instanceof DecodeError) expect(result.byteOffset).toBeLessThanOrEqual(bytes.length);
    else expect(spansOf(result)).toHaveLength(result.spanCount);
  };

  test('whatever some bytes become', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          isSound(bytes);
        },
      ),
      { numRuns: 200 },
    ));

  test('a bit turned over, all over the bytes', () => {
    for (let bit = 0; bit < 8 * whole.length; bit += 29) {
      const bytes = Uint8Array.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      isSound(bytes);
    }
  });

  test('parts taken out, doubled or put elsewhere', () =>
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length), fc.nat(whole.length), (from, to, at) => {
        const part = whole.subarray(Math.min(from, to), Math.max(from, to));
        isSound(Buffer.concat([whole.subarray(0, at), part, whole.subarray(at)]));
        isSound(Buffer.concat([whole.subarray(0, Math.min(from, to)), whole.subarray(Math.max(from, to))]));
      }),
      { numRuns: 100 },
    ));

  test('cut off, at one byte in three', () => {
    for (let length = 0; length < whole.length; length += 3) isSound(whole.subarray(0, length));
  });

  test('any bytes at all', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => isSound(bytes))));
});

test('an error names byte and path', () => {
  expect(problem(translateZipkinJson, jsonBytes('[{"traceId":"1","tags":{"a":{}}}]'))).toBe(
    '[0].tags.a: an object, where a text belongs (at byte 28)',
  );
  expect(problem(translateZipkinJson, jsonBytes('[{"annotations":[{},{"timestamp":"soon"}]}]'))).toBe(
    '[0].annotations[1].timestamp: "soon", where a number of microseconds belongs (at byte 33)',
  );
  expect(problem(translateZipkinJson, jsonBytes('{"spans":[]}'))).toBe(
    'body: an object, where an array belongs (at byte 0)',
  );
  expect(problem(translateZipkinJson, jsonBytes('[{"kind":"OTHER"}]'))).toBe(
    '[0].kind: "OTHER", where CLIENT, SERVER, PRODUCER or CONSUMER belongs (at byte 9)',
  );
  expect(problem(translateZipkinProto, Uint8Array.of(0x0a, 2, 0x30, 1))).toBe(
    'spans[0].timestamp: wire type varint, where 8 bytes belongs (at byte 2)',
  );
  const thrift = zipkinFixture('py-zipkin-v1.thrift.bin');
  expect(problem(translateZipkinV1Thrift, thrift.subarray(0, 100))).toMatch(/^\[0\]\.annotations\[\d\]/);
});

const ids = '"traceId":"1","id":"2","timestamp":1';

test.each([
  ['values', `[{${ids},"x":${'['.repeat(1000)}${']'.repeat(1000)}}]`],
  ['lists', '['.repeat(1000) + ']'.repeat(1000)],
  ['endpoints', `[{${ids},"localEndpoint":${'{"x":'.repeat(1000)}1${'}'.repeat(1000)}}]`],
])('JSON nested 1,000 deep, %s, is refused', (_what, json) => {
  expect(problem(translateZipkinJson, jsonBytes(json))).toMatch(/nested too deep|where an object belongs/);
});

test('text that is not UTF-8 gets the sign for it', () => {
  const bytes = Buffer.from(`[{${ids},"name":"a\xffb"}]`, 'latin1');
  expect(spansOf(translateZipkinJson(bytes))[0]?.name).toBe('a\ufffdb');
});

test('names that objects have of themselves are names like others', () => {
  const json = `[{${ids},"__proto__":{"a":1},"constructor":7,"tags":{"__proto__":"x","toString":"y"}}]`;
  const [resourceSpans] = readTraces(translateZipkinJson(jsonBytes(json)).payload).resourceSpans;
  const attributes = resourceSpans?.scopeSpans[0]?.spans[0]?.attributes;
  expect(attributes?.map(({ key }) => key)).toEqual(['__proto__', 'toString']);
  expect(plain(attributes).toString).toBe('y');
});

describe('within a second and without much memory', () => {
  const filled = (unit: string, head: string, tail: string): Uint8Array =>
    jsonBytes(
      `${head}${Array(Math.floor((maxBytes - 100) / (unit.length + 1)))
        .fill(unit)
        .join(',')}${tail}`,
    );
  const tags = (count: number): string => Array.from({ length: count }, (_, i) => `"key${i}":"value ${i}"`).join(',');

  test.each<[string, Translate, () => Uint8Array, number | RegExp]>([
    ['a tag of 10 MB', translateZipkinJson, () => jsonBytes(`[{${ids},"tags":{"a":"${'ü'.repeat(5e6)}"}}]`), 1],
    ['100,000 tags', translateZipkinJson, () => jsonBytes(`[{${ids},"tags":{${tags(100_000)}}}]`), 1],
    [
      'an annotation of 10 MB that looks like attributes',
      translateZipkinJson,
      () => jsonBytes(`[{${ids},"annotations":[{"timestamp":1,"value":"x: ${'{: '.repeat(3e6)}}"}]}]`),
      1,
    ],
    [
      'a link of 10 MB',
      translateZipkinJson,
      () => jsonBytes(`[{${ids},"tags":{"otlp.link.0":"${'a'.repeat(32)}|${'b'.repeat(16)}|${'|'.repeat(1e7)}"}}]`),
      1,
    ],
    ['a body of empty spans', translateZipkinJson, () => filled('{}', '[', ']'), /more than 500000 spans/],
    [
      'a body of tiny spans',
      translateZipkinJson,
      () => filled('{"traceId":"1","id":"1"}', '[', ']'),
      /more than 100000 spans/,
    ],
    [
      'a body of empty annotations',
      translateZipkinJson,
      () => filled('{}', `[{${ids},"annotations":[`, ']}]'),
      /more than 500000/,
    ],
    [
      'annotations that look like attributes and are none',
      translateZipkinJson,
      () => jsonBytes(`[{${ids},"annotations":[${Array(200_000).fill('{"timestamp":1,"value":"x:{y}"}').join(',')}]}]`),
      1,
    ],
    [
      'a v1 span of 100,000 services',
      translateZipkinJson,
      () =>
        jsonBytes(
          `[{${ids},"binaryAnnotations":[${Array.from({ length: 100_000 }, (_, i) => `{"key":"a","value":"b","endpoint":{"serviceName":"${i}"}}`).join(',')}]}]`,
        ),
      16,
    ],
    [
      'protobuf of empty spans',
      translateZipkinProto,
      () => Buffer.alloc(maxBytes, Uint8Array.of(0x0a, 0)),
      /more than 250000 messages/,
    ],
  ])('%s', { timeout: 20_000 }, (_what, translate, makeBytes, outcome) => {
    const bytes = makeBytes();
    let result: Translation | DecodeError | undefined;
    const ms = cpuMs(() => {
      result = attempt(translate, bytes);
    });
    if (typeof outcome === 'number') expect(result).toMatchObject({ spanCount: outcome, refusedCount: 0 });
    else expect(result instanceof DecodeError && result.message).toMatch(outcome);
    expect(ms).toBeLessThan(maxCpuMs);
    expect(process.memoryUsage.rss()).toBeLessThan(1.5e9);
  });
});
