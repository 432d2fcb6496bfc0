import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecodeError } from './decode-error.ts';
import type { AnyValue, KeyValue, TracesData } from './otlp.ts';
import { anyTraces } from './otlp-arbitrary.fixture.ts';
import { checkTraces } from './otlp-check.ts';
import { readTracesJson } from './otlp-json.ts';
import { readTraces } from './otlp-read.ts';
import { writeTraces } from './otlp-write.ts';

const fixture = (name: string): Uint8Array => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
const jsonBytes = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function failure(decode: () => unknown): DecodeError {
  try {
    decode();
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error('it was decoded');
}

function oneSpan(span: Partial<TracesData['resourceSpans'][0]['scopeSpans'][0]['spans'][0]> = {}): TracesData {
  const complete = {
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId: '0102030405060708',
    name: 'work',
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
    ...span,
  };
  return { resourceSpans: [{ scopeSpans: [{ spans: [complete] }] }] };
}

const spanWith = (value: AnyValue): TracesData => oneSpan({ attributes: [{ key: 'k', value }] });

describe('any OTLP request', () => {
  test('is the same after protobuf', () =>
    fc.assert(fc.property(anyTraces, (traces) => void expect(readTraces(writeTraces(traces))).toEqual(traces))));

  test('is the same after JSON', () =>
    fc.assert(fc.property(anyTraces, (traces) => void expect(readTracesJson(jsonBytes(traces))).toEqual(traces))));

  test('has as many good spans as were put in', () =>
    fc.assert(
      fc.property(anyTraces, (traces) => {
        const spans = traces.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans));
        expect(checkTraces(writeTraces(traces))).toMatchObject({
          spanCount: spans.length,
          refusedCount: 0,
          isInPieces: false,
        });
      }),
    ));

  test('takes as much as its bytes, and its resource and scope for each span', () => {
    const spans = Array.from({ length: 10 }, (_, i) => ({
      traceId: 'ab'.repeat(16),
      spanId: `${i + 1}`.padStart(16, '0'),
      name: '',
      startTimeUnixNano: '1',
      endTimeUnixNano: '2',
    }));
    const text = (stringValue: string): KeyValue[] => [{ key: 'k', value: { stringValue } }];
    const bytesWith = (resource: string, scope: string): Uint8Array =>
      writeTraces({
        resourceSpans: [
          { resource: { attributes: text(resource) }, scopeSpans: [{ scope: { attributes: text(scope) }, spans }] },
        ],
      });
    const spreadOf = (bytes: Uint8Array): number => checkTraces(bytes).spreadBytes - bytes.length;
    const small = spreadOf(bytesWith('', ''));
    expect(spreadOf(bytesWith('r'.repeat(100), '')) - small).toBe(10 * 100);
    expect(spreadOf(bytesWith('', 's'.repeat(100))) - small).toBe(10 * 100);
  });

  test('is decoded or refused, never anything else, whatever one byte becomes', () =>
    fc.assert(
      fc.property(anyTraces, fc.nat(), fc.nat(255), (traces, position, value) => {
        const bytes = writeTraces(traces);
        if (bytes.length === 0) return;
        bytes[position % bytes.length] = value;
        try {
          readTraces(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    ));

  test('is refused when it ends too early, unless between two fields of the outermost message', () =>
    fc.assert(
      fc.property(anyTraces, fc.nat(), (traces, position) => {
        const bytes = writeTraces(traces);
        const cut = bytes.length === 0 ? bytes : bytes.subarray(0, position % bytes.length);
        const whole = new Set([0]);
        for (let i = 1; i <= traces.resourceSpans.length; i++) {
          whole.add(writeTraces({ resourceSpans: traces.resourceSpans.slice(0, i) }).length);
        }
        if (whole.has(cut.length)) checkTraces(cut);
        else expect(() => checkTraces(cut)).toThrow(DecodeError);
      }),
    ));
});

describe("the official exporters' requests", () => {
  test('protobuf and JSON say the same', () => {
    const fromProtobuf = readTraces(fixture('otel-js-proto.bin'));
    expect(readTracesJson(fixture('otel-js-http.json'))).toEqual(fromProtobuf);
    expect(readTraces(gunzipSync(fixture('otel-js-proto.bin.gz')))).toEqual(fromProtobuf);
  });

  test('are read completely', () => {
    const [resourceSpans] = readTraces(fixture('otel-js-proto.bin')).resourceSpans;
    expect(resourceSpans?.resource?.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'checkout' } },
      { key: 'service.version', value: { stringValue: '1.4.0' } },
      { key: 'process.pid', value: { intValue: '4711' } },
    ]);
    const [scopeSpans] = resourceSpans?.scopeSpans ?? [];
    expect(scopeSpans?.scope).toEqual({ name: 'capture', version: '2.1.0' });
    expect(scopeSpans?.schemaUrl).toBe('https://opentelemetry.io/schemas/1.37.0');
    const [child, root] = scopeSpans?.spans ?? [];
    expect(child).toMatchObject({ name: 'SELECT cart', kind: 3, parentSpanId: root?.spanId, flags: 257 });
    expect(root).toMatchObject({
      name: 'GET /cart/:id',
      startTimeUnixNano: '1763800000123456789',
      status: { code: 2, message: 'no such cart' },
      links: [{ traceId: 'ff'.repeat(16), spanId: 'ee'.repeat(8), flags: 257 }],
    });
    expect(root?.attributes).toContainEqual({
      key: 'sizes',
      value: { arrayValue: { values: [{ intValue: '1' }, { doubleValue: 2.5 }] } },
    });
  });
});

describe('protobuf that is wrong', () => {
  const spanPath = 'resourceSpans[0].scopeSpans[0].spans[0]';

  test('is refused with the byte offset and the path of the field', () => {
    const bytes = writeTraces(
      oneSpan({
        attributes: [
          { key: 'a', value: {} },
          { key: 'b', value: { stringValue: 'xyz' } },
        ],
      }),
    );
    const lengthAt = Buffer.from(bytes).indexOf('xyz') - 1;
    bytes[lengthAt] = 100;
    expect(failure(() => checkTraces(bytes))).toMatchObject({
      byteOffset: lengthAt,
      path: `${spanPath}.attributes[1].value.stringValue`,
      message: `${spanPath}.attributes[1].value.stringValue: a length of 100 bytes, where 3 are left (at byte ${lengthAt})`,
    });
  });

  test('is refused for a wrong wire type', () => {
    const bytes = writeTraces(oneSpan());
    const nameTagAt = Buffer.from(bytes).indexOf('work') - 2;
    bytes[nameTagAt] = 5 << 3;
    expect(failure(() => checkTraces(bytes))).toMatchObject({
      byteOffset: nameTagAt,
      path: `${spanPath}.name`,
      problem: 'wire type varint, where length-delimited belongs',
    });
  });

  test.each([
    ['a varint of 11 bytes', [0x78, ...Array<number>(10).fill(0xff), 1], 'a varint is longer than 64 bits', 1],
    ['field number 0', [0x02, 0], 'a field number must be between 1 and 2^29-1', 0],
    ['a group', [0x7b], 'field 15 has the wire type 3, which OTLP does not use', 1],
    ['4 bytes of which 2 are there', [0x7d, 1, 2], 'the message ends inside a 4-byte value', 1],
  ])('is refused for %s', (_what, bytes, problem, byteOffset) => {
    expect(failure(() => checkTraces(Uint8Array.from(bytes)))).toMatchObject({ problem, byteOffset });
  });

  test('is refused for values nested deeper than 64', () => {
    const nested = (depth: number): AnyValue => (depth === 0 ? {} : { arrayValue: { values: [nested(depth - 1)] } });
    expect(checkTraces(writeTraces(spanWith(nested(20)))).spanCount).toBe(1);
    expect(failure(() => checkTraces(writeTraces(spanWith(nested(40))))).problem).toBe(
      'values are nested more than 64 deep',
    );
    expect(failure(() => readTracesJson(jsonBytes(spanWith(nested(40))))).problem).toMatch('nested more than 64 deep');
  });
});

describe('protobuf that is unusual', () => {
  const bytesOf = (...parts: (number | Uint8Array)[]): Uint8Array =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));

  test('may hold unknown fields, which are skipped', () => {
    const known = writeTraces(oneSpan());
    const traces = bytesOf(0xfa, 0x3e, 2, 1, 2, known, 0x78, 1);
    expect(readTraces(traces)).toEqual(oneSpan());
  });

  test('may hold a message in pieces, which are merged', () => {
    const resource = (key: string): Uint8Array =>
      writeTraces({ resourceSpans: [{ resource: { attributes: [{ key, value: {} }] }, scopeSpans: [] }] }).subarray(2);
    const pieces = bytesOf(resource('a'), resource('b'));
    const bytes = bytesOf(0x0a, pieces.length, pieces);
    expect(checkTraces(bytes).isInPieces).toBe(true);
    expect(readTraces(bytes).resourceSpans[0]?.resource?.attributes.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  test('may have several values in one AnyValue, of which the last counts', () => {
    const bytes = Buffer.from(writeTraces(spanWith({ stringValue: 'abcd' })));
    // The same six bytes, read as intValue 1 three times.
    bytes.set([0x18, 1, 0x18, 1, 0x18, 1], bytes.indexOf('abcd') - 2);
    expect(readTraces(bytes)).toEqual(spanWith({ intValue: '1' }));
  });

  test('keeps a negative zero', () => {
    const traces = readTraces(writeTraces(spanWith({ doubleValue: -0 })));
    expect(traces.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.attributes?.[0]?.value.doubleValue).toBe(-0);
  });

  test('may hold text that is not UTF-8, which gets replacement characters as the WHATWG decoder puts them', () =>
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (wrong) => {
        const bytes = Buffer.from(writeTraces(oneSpan({ name: 'work' })));
        bytes.set(wrong, bytes.indexOf('work'));
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
        expect(readTraces(bytes)).toEqual(oneSpan({ name: decoder.decode(wrong) }));
      }),
    ));
});

describe('spans that belong to no trace are counted, with the reason of the first', () => {
  const path = 'resourceSpans[0].scopeSpans[0].spans[0]';
  test.each([
    [{ traceId: '' }, 'traceId is missing'],
    [{ traceId: '00'.repeat(16) }, 'traceId is all zeros'],
    [{ traceId: '0102' }, 'traceId has 2 bytes, not 16'],
    [{ spanId: '00'.repeat(8) }, 'spanId is all zeros'],
    [{ spanId: '01'.repeat(9) }, 'spanId has 9 bytes, not 8'],
    [{ parentSpanId: '01' }, 'parentSpanId has 1 bytes, not 8'],
    [{ links: [{ traceId: '01', spanId: '01'.repeat(8) }] }, 'links: traceId has 1 bytes, not 16'],
  ])('%j', (span, reason) =>
    expect(checkTraces(writeTraces(oneSpan(span)))).toMatchObject({
      spanCount: 0,
      refusedCount: 1,
      firstRefusal: `${path}: ${reason}`,
    }),
  );

  test('but zeros for a parent mean that there is none', () =>
    expect(checkTraces(writeTraces(oneSpan({ parentSpanId: '00'.repeat(8) })))).toMatchObject({ spanCount: 1 }));
});

describe('OTLP JSON', () => {
  const span = (members: string): Uint8Array =>
    jsonBytes(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"01","spanId":"02",${members}}]}]}]}`);
  const read = (members: string): unknown => readTracesJson(span(members)).resourceSpans[0]?.scopeSpans[0]?.spans[0];

  test.each([
    ['snake_case names', '"start_time_unix_nano":"7"', { startTimeUnixNano: '7' }],
    [
      '64-bit integers as numbers, exactly',
      '"startTimeUnixNano":1763800000123456789',
      { startTimeUnixNano: '1763800000123456789' },
    ],
    ['integers with a fraction of zero', '"flags":2.0', { flags: 2 }],
    ['enums by name', '"kind":"SPAN_KIND_CLIENT"', { kind: 3 }],
    ['enums by number', '"kind":3', { kind: 3 }],
    ['ids in capitals', '"parentSpanId":"ABCDEF0123456789"', { parentSpanId: 'abcdef0123456789' }],
    ['null as absent', '"name":null,"attributes":null', { name: '' }],
    ['members that it does not know', '"surprise":{"a":[1,{"b":null}]},"name":"n"', { name: 'n' }],
    ['escapes', '"name":"\\u00fc\\n\\ud83d\\ude00\\/"', { name: 'ü\n😀/' }],
    [
      'URL-safe base64 without padding',
      '"attributes":[{"key":"k","value":{"bytesValue":"-_8"}}]',
      { attributes: [{ key: 'k', value: { bytesValue: '-_8' } }] },
    ],
    [
      'doubles as strings',
      '"attributes":[{"key":"k","value":{"doubleValue":"NaN"}}]',
      { attributes: [{ key: 'k', value: { doubleValue: 'NaN' } }] },
    ],
  ])('takes %s', (_what, members, expected) => expect(read(members)).toMatchObject(expected));

  const path = 'resourceSpans[0].scopeSpans[0].spans[0]';
  test.each([
    ['"kind":9e9', `${path}.kind: 9e9, where a number or a known name belongs`],
    ['"kind":"SERVER"', `${path}.kind: "SERVER", where a number or a known name belongs`],
    ['"startTimeUnixNano":-1', `${path}.startTimeUnixNano: -1, where an unsigned integer of 64 bits belongs`],
    [
      '"startTimeUnixNano":"18446744073709551616"',
      `${path}.startTimeUnixNano: "18446744073709551616", where an unsigned integer of 64 bits belongs`,
    ],
    ['"parentSpanId":"xyz"', `${path}.parentSpanId: "xyz", where a string of hex digits belongs`],
    ['"name":5', `${path}.name: 5, where a string belongs`],
    ['"events":{}', `${path}.events: an object, where an array belongs`],
    ['"events":[{},7]', `${path}.events[1]: a number, where an object belongs`],
    ['"name":"a\tb"', `${path}.name: byte 0x09 inside a string, where only \\u00XX may stand for it`],
    ['"name":"a" 5', `${path}: '5' where a comma or } belongs`],
    ['"flags":01', `${path}.flags: 01 is not a JSON number`],
  ])('refuses %s, naming path and byte', (members, message) => {
    const error = failure(() => readTracesJson(span(members)));
    expect(error.message).toBe(`${message} (at byte ${error.byteOffset})`);
    expect(error.byteOffset).toBeGreaterThan(70);
  });

  test('keeps a long text in any script', () => {
    const text = `${'é🙂漢a'.repeat(3000)}x`;
    expect(readTracesJson(jsonBytes(oneSpan({ name: text })))).toEqual(oneSpan({ name: text }));
  });

  test('refuses a body of more objects than any real one has, before it costs seconds', () => {
    const body = jsonBytes(`{"resourceSpans":[${'{},'.repeat(3_000_000)}{}]}`);
    expect(failure(() => readTracesJson(body)).message).toBe(
      'resourceSpans[999999]: more than 1000000 objects: send fewer spans at once (at byte 3000015)',
    );
  });

  test('a path that is long is cut in the message', () => {
    const deep = '{"kvlistValue":{"values":[{"value":'.repeat(100);
    const { message } = failure(() =>
      readTracesJson(jsonBytes(`{"resourceSpans":[{"resource":{"attributes":[{"value":${deep}`)),
    );
    expect(message.length).toBeLessThan(300);
    expect(message).toMatch(
      /^resourceSpans\[0\]\.resource\.attributes\[0\]\.value\.kvlistValue.*….*nested more than 64 deep/,
    );
  });

  test('refuses a body that ends too early, and one that goes on', () => {
    expect(failure(() => readTracesJson(jsonBytes('{"resourceSpans":['))).message).toBe(
      'resourceSpans[0]: the end of the JSON text where a value belongs (at byte 18)',
    );
    expect(failure(() => readTracesJson(jsonBytes('{} {}'))).message).toBe(
      "body: '{' after the end of the JSON text (at byte 3)",
    );
  });
});
