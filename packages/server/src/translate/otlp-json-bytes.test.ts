import { DecodeError, readTraces, readTracesJson, type TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import { otlpJsonToProtobuf } from './otlp-json-bytes.ts';

const encoder = new TextEncoder();

/** As the slow reader has it; undefined for what is wrong. */
function slowly(json: Uint8Array): TracesData | undefined {
  try {
    return readTracesJson(json);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function quickly(json: Uint8Array): TracesData | undefined {
  const protobuf = otlpJsonToProtobuf(json);
  return protobuf && readTraces(protobuf);
}

const exported: TracesData = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] },
      scopeSpans: [
        {
          scope: { name: 'a scope', version: '1.2.3' },
          spans: [
            {
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              parentSpanId: 'eee19b7ec3c1b173',
              name: 'GET /ﾄ\n"quoted" \\',
              kind: 2,
              startTimeUnixNano: '1544712660123456789',
              endTimeUnixNano: '9223372036854775807',
              attributes: [
                { key: 'int', value: { intValue: '123456789012345' } },
                { key: 'zero', value: { intValue: '0' } },
                { key: 'half', value: { doubleValue: 0.5 } },
                { key: 'no', value: { boolValue: false } },
                { key: 'long', value: { stringValue: 'x'.repeat(20_000) } },
                { key: 'list', value: { arrayValue: { values: [{ stringValue: '' }, { boolValue: true }] } } },
              ],
              events: [{ timeUnixNano: '1', name: 'began' }],
              links: [{ traceId: '5b8efff798038103d269b633813fc60d', spanId: 'eee19b7ec3c1b175', flags: 768 }],
              status: { code: 2, message: 'no' },
            },
          ],
        },
      ],
    },
  ],
};

test.each([undefined, 2])('what exporters write is taken on the quick way (indented by %s)', (space) => {
  expect(quickly(encoder.encode(JSON.stringify(exported, null, space)))).toEqual(exported);
});

test('numbers in place of strings, and escapes as Go writes them', () => {
  const json = String.raw`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","name":"a\u003cb\u00e9\u20ac","startTimeUnixNano":1544712660000000000}]}]}]}`;
  const bytes = encoder.encode(json);
  expect(quickly(bytes)).toEqual(slowly(bytes));
  expect(quickly(bytes)?.resourceSpans[0]?.scopeSpans[0]?.spans[0]?.name).toBe('a<bé€');
});

test('whatever is taken on the quick way is what the slow one reads', () =>
  fc.assert(
    fc.property(anyTraces, fc.constantFrom(undefined, 1), (traces, space) => {
      const found = quickly(encoder.encode(JSON.stringify(traces, null, space)));
      if (found) expect(found).toEqual(traces);
    }),
  ));

test('a text with something wrong in it is never taken on the quick way', () => {
  const whole = encoder.encode(JSON.stringify(exported).replace('x'.repeat(20_000), 'x'));
  let quick = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 2 }),
      fc.option(fc.nat(whole.length), { freq: 4 }),
      (changes, cut) => {
        const bytes = whole.slice(0, cut ?? undefined);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        const found = quickly(bytes);
        if (!found) return;
        quick++;
        expect(found).toEqual(slowly(bytes));
      },
    ),
    { numRuns: 3000 },
  );
  expect(quick, 'some changes are of no consequence').toBeGreaterThan(10);
});

test.each([
  ['a name in snake_case', '{"resource_spans":[]}'],
  ['an enum by name', '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SPAN_KIND_SERVER"}]}]}]}'],
  ['null', '{"resourceSpans":null}'],
  ['a member that comes twice', '{"resourceSpans":[{"resource":{},"resource":{}}]}'],
  [
    'two values in one',
    '{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"intValue":1,"boolValue":true}}]}}]}',
  ],
])('%s is left to the slow way', (_, json) => {
  expect(otlpJsonToProtobuf(encoder.encode(json))).toBeUndefined();
  expect(slowly(encoder.encode(json))).toBeDefined();
});

test('nesting and brackets without end are left to it as well', () => {
  const nested = `${'{"arrayValue":{"values":['.repeat(1000)}${']}}'.repeat(1000)}`;
  const json = `{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":${nested}}]}}]}`;
  expect(otlpJsonToProtobuf(encoder.encode(json))).toBeUndefined();
  const braces = `{"resourceSpans":[${'{},'.repeat(1_100_000)}{}]}`;
  expect(otlpJsonToProtobuf(encoder.encode(braces))).toBeUndefined();
});
