/** For tests: spans to search for, and searches. */
import type {
  KeyValue,
  ResourceSpans,
  SearchParameters,
  Span,
  TraceOrder,
  TraceSummary,
  TracesData,
} from '@sightline/wire';
import fc from 'fast-check';
import { expect } from 'vitest';
import { Recalled } from '../store/recalled.ts';
import type { QueryOptions, ReadableStore, Store } from '../store/store.ts';
import { search } from './search.ts';
import { parseSearch } from './search-query.ts';

export const base = 1_790_000_000_000_000_000n;
export const minuteNano = 60_000_000_000n;
export const everything: SearchParameters = { start: '0', end: String(base + 1000n * minuteNano) };

/** All pages of it. */
export async function searchAll(store: ReadableStore, asked: SearchParameters): Promise<TraceSummary[]> {
  const found: TraceSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await search(store, parseSearch({ ...asked, ...(cursor ? { cursor } : {}) }));
    found.push(...page.traces);
    cursor = page.nextCursor;
    if (cursor) expect(page.traces).toHaveLength(asked.limit ?? 20);
  } while (cursor);
  return found;
}

/** The same store, if attributes always left too many rows to look at them at once. */
export function bySlices(store: Store): ReadableStore {
  const few = (options: QueryOptions = {}): QueryOptions => (options.mostRows ? { ...options, mostRows: 1 } : options);
  const recalled = new Recalled();
  const own: ReadableStore = {
    query: (sql, params, options) => store.query(sql, params, few(options)),
    queryBlocks: (sql, params, options) => store.queryBlocks(sql, params, few(options)),
    recall: (question, maxAgeMs, ask, isLasting) => recalled.answer(question, maxAgeMs, () => ask(own), isLasting),
    receivedUntilMs: () => store.receivedUntilMs(),
  };
  return own;
}

export function traceIdOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export function strings(values: Record<string, string>): KeyValue[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

export function at(offsetNano: bigint, durationNano: bigint): Pick<Span, 'startTimeUnixNano' | 'endTimeUnixNano'> {
  return {
    startTimeUnixNano: String(base + offsetNano),
    endTimeUnixNano: String(base + offsetNano + durationNano),
  };
}

export function spanOf(traceId: string, id: number, more: Partial<Span> = {}): Span {
  return { traceId, spanId: id.toString(16).padStart(16, '0'), name: 'work', ...at(0n, 10n), ...more };
}

export function from(service: string, spans: Span[]): ResourceSpans {
  return { resource: { attributes: strings({ 'service.name': service }) }, scopeSpans: [{ spans }] };
}

const services = ['front', 'back', 'db'];
const names = ['GET /', 'SELECT', 'work'];
/** Values that look alike in different types, and those that a missing key is mistaken for. */
const values: KeyValue['value'][] = [
  { stringValue: 'ada' },
  { stringValue: '' },
  { stringValue: '5' },
  { stringValue: 'true' },
  { intValue: '5' },
  { intValue: '0' },
  { doubleValue: 5 },
  { doubleValue: 0 },
  { doubleValue: 0.5 },
  { doubleValue: 'NaN' },
  { doubleValue: '-Infinity' },
  { boolValue: true },
  { boolValue: false },
  { arrayValue: { values: [{ stringValue: 'ada' }] } },
  { bytesValue: 'AAAA' },
];

/** 300 traces over two hours, some of which last longer than a slice of the search. */
export function arbitraryTraces(): fc.Arbitrary<TracesData> {
  const attributes = fc.uniqueArray(
    fc.record({ key: fc.constantFrom('a', 'b.Id', 'c.d'), value: fc.constantFrom(...values) }),
    { selector: ({ key }) => key, maxLength: 3 },
  );
  const span = fc.record({
    service: fc.constantFrom(...services),
    resource: attributes,
    name: fc.constantFrom(...names),
    offsetSeconds: fc.oneof(fc.nat(3), fc.nat(3), fc.nat(1200)),
    durationMs: fc.oneof(fc.constant(0), fc.integer({ min: -5, max: 2000 }), fc.nat(900_000)),
    status: fc.constantFrom<(0 | 1 | 2)[]>(0, 0, 1, 2),
    attributes,
    orphan: fc.boolean(),
  });
  const trace = fc.record({
    startSecond: fc.nat(7200),
    hasRoot: fc.boolean(),
    spans: fc.array(span, { minLength: 1, maxLength: 6 }),
  });
  return fc.array(trace, { minLength: 300, maxLength: 300, size: 'max' }).map((traces) => ({
    resourceSpans: traces.flatMap(({ startSecond, hasRoot, spans }, number) =>
      spans.map((sketch, index): ResourceSpans => {
        const start = base + BigInt(startSecond + sketch.offsetSeconds) * 1_000_000_000n;
        return {
          resource: { attributes: [...strings({ 'service.name': sketch.service }), ...sketch.resource] },
          scopeSpans: [
            {
              spans: [
                spanOf(traceIdOf(number * 7919 + 1), index + 1, {
                  ...(hasRoot && index === 0
                    ? {}
                    : { parentSpanId: sketch.orphan ? 'eeeeeeeeeeeeeeee' : '0000000000000001' }),
                  name: sketch.name,
                  startTimeUnixNano: String(start),
                  endTimeUnixNano: String(start + BigInt(sketch.durationMs) * 1_000_000n),
                  attributes: sketch.attributes,
                  status: { code: sketch.status },
                }),
              ],
            },
          ],
        };
      }),
    ),
  }));
}

export function arbitrarySearch(): fc.Arbitrary<SearchParameters> {
  const condition = fc
    .tuple(
      fc.constantFrom('', '', 'span.', 'resource.'),
      fc.constantFrom('a', 'b.Id', 'c.d', 'never seen'),
      fc.constantFrom('ada', '', '5', '0', 'true', 'false', '0.5', 'NaN', '-Infinity', '5e0', 'x'),
    )
    .map(([scope, key, value]) => `${scope}${key}=${value}`);
  const second = (seconds: number): string => String(base + BigInt(seconds) * 1_000_000_000n);
  const conditions = fc.record({
    service: fc.constantFrom(...services, 'nobody'),
    name: fc.constantFrom(...names),
    attribute: fc.array(condition, { minLength: 1, maxLength: 2 }),
    minDuration: fc.constantFrom('0ns', '1ms', '1.5s', '2m'),
    maxDuration: fc.constantFrom('2m', '1h'),
    status: fc.constantFrom<('error' | 'ok' | 'unset')[]>('error', 'ok', 'unset'),
  });
  const few = fc.subarray(['service', 'name', 'attribute', 'minDuration', 'maxDuration', 'status'], { maxLength: 2 });
  return fc
    .record({
      conditions: fc
        .tuple(conditions, few)
        .map(([all, keys]) => Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)))),
      order: fc.constantFrom<TraceOrder[]>('newest', 'oldest', 'longest', 'shortest', 'most-spans', 'most-errors'),
      limit: fc.integer({ min: 60, max: 200 }),
      range: fc.option(fc.tuple(fc.nat(4000), fc.nat(8000))),
    })
    .map(({ conditions: asked, order, limit, range }) => ({
      ...asked,
      order,
      limit,
      ...(range ? { start: second(range[0]), end: second(range[0] + range[1]) } : everything),
    }));
}
