/** What came in goes out: any OTLP request, inserted as rows and read back as OTLP, equals itself up to order. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeyValue, readTraces, type Span, type TracesData, writeTraces } from '@sightline/wire';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyTraces } from '../../wire/src/otlp-arbitrary.fixture.ts';
import { SpanEncoder } from './encode/span-encoder.ts';
import { findTraces } from './query/trace.ts';
import { inFiles } from './store/encoder.fixture.ts';
import { openEmbeddedStore, type Store } from './store/store.ts';

let dataDir: string;
let store: Store;
let inserts = 0;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-round-trip-'));
  store = await openEmbeddedStore({ dataDir });
});

afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function insert(traces: TracesData): Promise<void> {
  await insertBytes(writeTraces(traces));
}

async function insertBytes(bytes: Uint8Array): Promise<void> {
  const encoder = new SpanEncoder();
  encoder.append(bytes);
  if (encoder.spanCount > 0) await store.insertSpans(inFiles(encoder.finish(1_763_800_000_000 + inserts++)));
}

async function readBack(traces: TracesData): Promise<unknown[]> {
  const ids = new Set(spansOf(traces).map((span) => span.traceId));
  const found = await findTraces(store, [...ids]);
  return [...found.values()].flatMap((trace) => facts(trace));
}

function spansOf(traces: TracesData): Span[] {
  return traces.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans));
}

/** Each span with all that it says about its surroundings; lists of attributes sorted, since they are sets. */
function facts(traces: TracesData): unknown[] {
  return traces.resourceSpans.flatMap(({ resource, scopeSpans, schemaUrl }) =>
    scopeSpans.flatMap(({ scope, spans, schemaUrl: scopeSchemaUrl }) =>
      spans.map((span) => ({
        resource: { ...resource, attributes: sorted(resource?.attributes ?? []) },
        schemaUrl,
        scope,
        scopeSchemaUrl,
        span: span.attributes ? { ...span, attributes: sorted(span.attributes) } : span,
      })),
    ),
  );
}

function sorted(attributes: KeyValue[]): KeyValue[] {
  return attributes.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function byId(spans: unknown[]): unknown[] {
  return spans.map((span) => JSON.stringify(span, sortKeys)).sort();
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test('any OTLP request, stored and read back, equals itself up to order', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(anyTraces, async (traces) => {
      await insert(traces);
      expect(byId(await readBack(traces))).toEqual(byId(facts(traces)));
    }),
    { numRuns: 25 },
  ),
);

function oneSpan(traceId: string, span: Partial<Span>, resource: KeyValue[] = []): TracesData {
  const whole = { traceId, spanId: '01'.repeat(8), name: '', startTimeUnixNano: '10', endTimeUnixNano: '20', ...span };
  return { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans: [whole] }] }] };
}

async function columns(traceId: string, names: string): Promise<unknown> {
  const [row] = await store.query(`SELECT ${names} FROM spans WHERE trace_id = unhex({traceId:String})`, {
    traceId,
  });
  return row;
}

test('of several attributes with one key the last is kept, however many there are', async () => {
  const value = (stringValue: string): KeyValue => ({ key: 'k', value: { stringValue } });
  await insert(
    oneSpan('a1'.repeat(16), { attributes: [value('1'), { key: 'k', value: { intValue: '2' } }, value('3')] }),
  );
  expect(await columns('a1'.repeat(16), 'attr_string, attr_int')).toEqual({ attr_string: { k: '3' }, attr_int: {} });

  const many = Array.from({ length: 5_000 }, (_, i) => ({ key: `k${i % 100}`, value: { stringValue: `${i}` } }));
  await insert(oneSpan('a2'.repeat(16), { attributes: many }));
  const row = await columns('a2'.repeat(16), "length(attr_string) AS size, attr_string['k7'] AS k7");
  expect(row).toEqual({ size: '100', k7: '4907' });
});

test('a span that ends before it starts keeps both times, and lasts 0 ns', async () => {
  await insert(oneSpan('a3'.repeat(16), { startTimeUnixNano: '18446744073709551615', endTimeUnixNano: '1' }));
  expect(await columns('a3'.repeat(16), 'start_unix_nano, end_unix_nano, duration_nano')).toEqual({
    start_unix_nano: '18446744073709551615',
    end_unix_nano: '1',
    duration_nano: '0',
  });
});

test('the service is named by its resource, or said to have no name', async () => {
  const named = [{ key: 'service.name', value: { stringValue: "ca'rt\t" } }];
  await insert(oneSpan('a4'.repeat(16), {}, named));
  await insert(oneSpan('a5'.repeat(16), {}));
  expect(await columns('a4'.repeat(16), 'service_name')).toEqual({ service_name: "ca'rt\t" });
  expect(await columns('a5'.repeat(16), 'service_name')).toEqual({ service_name: '(no service.name)' });
});

test('every double comes back to the last bit', { timeout: 60_000 }, () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ noDefaultInfinity: true, noNaN: true }), { minLength: 500, maxLength: 500 }),
      async (doubles) => {
        const attributes = doubles.map((doubleValue, i) => ({ key: `${i}`, value: { doubleValue } }));
        const traceId = inserts.toString(16).padStart(32, 'd');
        await insert(oneSpan(traceId, { attributes }));
        const row = await columns(traceId, 'attr_double');
        expect(row).toEqual({ attr_double: Object.fromEntries(doubles.entries()) });
      },
    ),
    { numRuns: 10 },
  ),
);

test('text that is not UTF-8 is stored with replacement characters', async () => {
  const bytes = Buffer.from(writeTraces(oneSpan('a6'.repeat(16), { name: 'wo\u00e9rk' })));
  bytes[bytes.indexOf('wo') + 2] = 0xff;
  await insertBytes(bytes);
  expect(await columns('a6'.repeat(16), 'name')).toEqual({ name: 'wo\ufffd\ufffdrk' });
  expect(readTraces(bytes).resourceSpans[0]?.scopeSpans[0]?.spans[0]?.name).toBe('wo\ufffd\ufffdrk');
});

test('spans that belong to no trace make no row, their neighbours do', () => {
  const traces = oneSpan('a7'.repeat(16), {});
  const [good] = spansOf(traces);
  if (!good) throw new Error('no span');
  traces.resourceSpans[0]?.scopeSpans[0]?.spans.unshift(
    { ...good, traceId: '00'.repeat(16) },
    { ...good, spanId: '01' },
  );
  const encoder = new SpanEncoder();
  encoder.append(writeTraces(traces));
  expect(encoder.finish(1).spanCount).toBe(1);
});
