import type { Span, TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';
import { findTrace, parseTraceId, readTrace } from './trace.ts';

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openStoreFixture();
});
afterAll(() => fixture.remove());

const traceId = '0af7651916cd43dd8448eb211c80319c';

/** Every field of OTLP, every type of value; within a type in the order of insertion. */
const everything: TracesData = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'shop' } },
          { key: 'process.pid', value: { intValue: '4711' } },
          { key: 'process.command_args', value: { arrayValue: { values: [{ stringValue: 'node' }, {}] } } },
        ],
        droppedAttributesCount: 2,
      },
      schemaUrl: 'https://opentelemetry.io/schemas/1.27.0',
      scopeSpans: [
        {
          scope: {
            name: 'sightline',
            version: '0.1.0',
            attributes: [{ key: 'library', value: { stringValue: 'express' } }],
            droppedAttributesCount: 1,
          },
          schemaUrl: 'https://opentelemetry.io/schemas/1.26.0',
          spans: [
            {
              traceId,
              spanId: 'b7ad6b7169203331',
              traceState: 'vendor=value',
              flags: 0x301,
              name: 'GET /items/:id\t"quoted" \\ ünï\n',
              kind: 2,
              startTimeUnixNano: '1790000000123456789',
              endTimeUnixNano: '1790000003123456790',
              attributes: [
                { key: 'text', value: { stringValue: "it's \t\n\\ 日本" } },
                { key: 'empty text', value: { stringValue: '' } },
                { key: '__proto__', value: { stringValue: 'just a key' } },
                { key: 'largest', value: { intValue: '9223372036854775807' } },
                { key: 'smallest', value: { intValue: '-9223372036854775808' } },
                { key: 'double', value: { doubleValue: 0.1 } },
                { key: 'whole double', value: { doubleValue: 5 } },
                { key: 'tiny', value: { doubleValue: 5e-324 } },
                { key: 'not a number', value: { doubleValue: 'NaN' } },
                { key: 'infinite', value: { doubleValue: 'Infinity' } },
                { key: 'minus infinite', value: { doubleValue: '-Infinity' } },
                { key: 'yes', value: { boolValue: true } },
                { key: 'no', value: { boolValue: false } },
                {
                  key: 'array',
                  value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, { boolValue: true }] } },
                },
                {
                  key: 'map',
                  value: {
                    kvlistValue: {
                      values: [{ key: 'inner', value: { kvlistValue: { values: [{ key: 'x', value: {} }] } } }],
                    },
                  },
                },
                { key: 'bytes', value: { bytesValue: 'AAEC/w==' } },
                { key: 'empty', value: {} },
              ],
              droppedAttributesCount: 3,
              events: [
                {
                  timeUnixNano: '1790000001000000001',
                  name: 'exception',
                  attributes: [
                    { key: 'exception.type', value: { stringValue: 'TypeError' } },
                    { key: 'count', value: { intValue: '2' } },
                  ],
                  droppedAttributesCount: 4,
                },
                { timeUnixNano: '1790000002000000002', name: '' },
              ],
              droppedEventsCount: 5,
              links: [
                {
                  traceId: 'ffffffffffffffffffffffffffffffff',
                  spanId: '00f067aa0ba902b7',
                  traceState: 'a=1',
                  attributes: [{ key: 'why', value: { stringValue: 'batch' } }],
                  droppedAttributesCount: 6,
                  flags: 1,
                },
                { traceId, spanId: '1111111111111111' },
              ],
              droppedLinksCount: 7,
              status: { code: 2, message: 'it broke' },
            },
          ],
        },
      ],
    },
  ],
};

function bareSpan(spanId: string, more: Partial<Span> = {}): Span {
  return { traceId, spanId, name: '', startTimeUnixNano: '1', endTimeUnixNano: '2', ...more };
}

test('every field of OTLP comes back as it came in', async () => {
  await fixture.insert(everything);
  expect(await findTrace(fixture.store, traceId)).toEqual(everything);
});

/** Of each thing that `everything` has, a trace of one span that has nothing else. */
function eachAlone(): [id: string, traces: TracesData][] {
  const [{ resource, schemaUrl, scopeSpans } = { scopeSpans: [] }] = everything.resourceSpans;
  const [{ scope, schemaUrl: scopeSchemaUrl, spans } = { spans: [] }] = scopeSpans;
  const { attributes = [], ...fields } = spans[0] as Span;
  const each = (all: object): object[] => Object.entries(all).map(([name, value]) => ({ [name]: value }));
  const eachAttribute = (all: readonly object[]): object[] => all.map((attribute) => ({ attributes: [attribute] }));
  const ofResource = [...eachAttribute(resource?.attributes ?? []), { droppedAttributesCount: 2 }];
  const all = [
    ...[...eachAttribute(attributes), ...each(fields), { startTimeUnixNano: '2', endTimeUnixNano: '1' }].map(
      (inSpan) => ({ inSpan }),
    ),
    ...ofResource.map((own) => ({ inResource: { resource: { attributes: [], ...own } } })),
    ...each(scope ?? {}).map((own) => ({ inScope: { scope: own } })),
    { inResource: { schemaUrl }, inScope: {} },
    { inScope: { schemaUrl: scopeSchemaUrl } },
  ] as { inResource?: object; inScope?: object; inSpan?: object }[];
  return all.map(({ inResource, inScope, inSpan }, index) => {
    const id = `e${index.toString(16).padStart(31, '0')}`;
    const span = { ...bareSpan('0000000000000001'), ...inSpan, traceId: id };
    const ofTrace = { resource: { attributes: [] }, ...inResource, scopeSpans: [{ ...inScope, spans: [span] }] };
    return [id, { resourceSpans: [ofTrace] }];
  });
}

test('a span that has one thing only comes back with it', async () => {
  const all = eachAlone();
  expect(all.length).toBeGreaterThan(40);
  await fixture.insert({ resourceSpans: all.flatMap(([, { resourceSpans }]) => resourceSpans) });
  for (const [id, traces] of all) expect(await findTrace(fixture.store, id), JSON.stringify(traces)).toEqual(traces);
});

test('spans of one resource and scope come together, by start time, however they arrived', async () => {
  const id = '0000000000000000000000000000000a';
  const span = (spanId: string, start: number): Span =>
    bareSpan(spanId, { traceId: id, startTimeUnixNano: String(start), endTimeUnixNano: String(start + 1) });
  const from = (service: string, scope: string, spans: Span[]): TracesData => ({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeSpans: [{ scope: { name: scope }, spans }],
      },
    ],
  });
  await fixture.insert(from('front', 'http', [span('0000000000000003', 30)]));
  await fixture.insert(from('back', 'http', [span('0000000000000002', 20)]));
  await fixture.insert(from('front', 'pg', [span('0000000000000004', 40)]));
  await fixture.insert(from('front', 'http', [span('0000000000000001', 10)]));

  const trace = await findTrace(fixture.store, id);
  const shape = trace?.resourceSpans.map(({ scopeSpans }) =>
    scopeSpans.map(({ scope, spans }) => `${scope?.name}: ${spans.map((s) => s.startTimeUnixNano)}`),
  );
  expect(shape).toEqual([['http: 10,30', 'pg: 40'], ['http: 20']]);
});

test('resources and scopes that differ in one thing only are kept apart, also where their spans take turns', async () => {
  const id = '0000000000000000000000000000000d';
  const parts = eachAlone().flatMap(([, { resourceSpans }]) => resourceSpans);
  const descriptions = new Set(
    parts.map(({ resource, schemaUrl, scopeSpans: [{ spans: _, ...scope } = { spans: [] }] }) =>
      JSON.stringify({ resource, schemaUrl, scope }),
    ),
  );
  const turns = [0, 1].flatMap((turn) =>
    [...descriptions].map((text, index) => {
      const { scope, ...of } = JSON.parse(text);
      const start = String(turn * descriptions.size + index + 1);
      const span = bareSpan(start.padStart(16, '0'), { traceId: id, startTimeUnixNano: start, endTimeUnixNano: '100' });
      return { ...of, scopeSpans: [{ ...scope, spans: [span] }] };
    }),
  );
  await fixture.insert({ resourceSpans: turns });
  const trace = await findTrace(fixture.store, id);
  const found = trace?.resourceSpans.flatMap(({ scopeSpans, ...of }) =>
    scopeSpans.map(({ spans, ...scope }) => ({
      ...of,
      scope,
      starts: spans.map((span) => Number(span.startTimeUnixNano)),
    })),
  );
  const byStart = found?.sort((a, b) => (a.starts[0] ?? 0) - (b.starts[0] ?? 0));
  expect(byStart).toEqual(
    [...descriptions].map((text, index) => ({
      ...JSON.parse(text),
      starts: [index + 1, descriptions.size + index + 1],
    })),
  );
});

/** The other way to get a trace. */
async function textOf(id: string): Promise<unknown> {
  const trace = await readTrace(fixture.store, id);
  const pieces: Buffer[] = [];
  for await (const piece of trace?.json() ?? []) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString());
}

test('its text is that of the trace, whatever that is', async () => {
  await fc.assert(
    fc.asyncProperty(anyTraces, async (traces) => {
      await fixture.insert(traces);
      const spans = traces.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
      for (const id of new Set(spans.map((span) => span.traceId))) {
        expect(await textOf(id)).toEqual(JSON.parse(JSON.stringify(await findTrace(fixture.store, id))));
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('its text is that of the trace: with every field, with several scopes, and when it comes in pieces', async () => {
  for (const id of [traceId, '0000000000000000000000000000000a']) {
    expect(await textOf(id)).toEqual(await findTrace(fixture.store, id));
  }
  const large = '0000000000000000000000000000000c';
  const spans = Array.from({ length: 2500 }, (_, i) =>
    bareSpan((i + 1).toString(16).padStart(16, '0'), {
      traceId: large,
      startTimeUnixNano: String(2500 - i),
      endTimeUnixNano: '2500',
      name: 'x'.repeat(i % 100),
    }),
  );
  await fixture.insert({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans }] }] });
  const sorted = [...spans].reverse();
  expect(await textOf(large)).toEqual({
    resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ spans: sorted }] }],
  });
});

test('a span that was delivered twice is given once', async () => {
  const id = '0000000000000000000000000000000b';
  const once: TracesData = {
    resourceSpans: [
      { resource: { attributes: [] }, scopeSpans: [{ spans: [bareSpan('0000000000000001', { traceId: id })] }] },
    ],
  };
  await fixture.insert(once);
  await fixture.insert(once);
  expect(await findTrace(fixture.store, id)).toEqual(once);
});

test('a trace that is not there is undefined', async () => {
  expect(await findTrace(fixture.store, 'dddddddddddddddddddddddddddddddd')).toBeUndefined();
});

test('ids are read in upper case, and with 16 digits', () => {
  expect(parseTraceId('0AF7651916CD43DD8448EB211C80319C')).toBe(traceId);
  expect(parseTraceId('8448eb211c80319c')).toBe('00000000000000008448eb211c80319c');
  expect(() => parseTraceId('xyz')).toThrow('"xyz" is not a trace id');
});
