import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ReadableStore } from '../store/store.ts';
import { search } from './search.ts';
import { parseSearch } from './search-query.ts';
import {
  at,
  base,
  bySlices,
  everything,
  from,
  minuteNano,
  searchAll,
  spanOf,
  strings,
  traceIdOf,
} from './searched-spans.fixture.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openStoreFixture();
});
afterAll(() => fixture.remove());

/** What was asked of spans by their start while `run` ran, with its values. */
async function findingsOf(run: () => Promise<unknown>) {
  const asked = vi.spyOn(fixture.store, 'query');
  await run();
  const calls = asked.mock.calls.filter(([sql]) => sql.includes('sliceStart') && sql.includes('AS key'));
  asked.mockRestore();
  return calls.map(([sql, values, options]) => ({ sql, values, isAtOnce: options?.mostRows !== undefined }));
}

test('asks once for what is rare, and by slices for what is not', async () => {
  const spans = Array.from({ length: 40 }, (_, i) =>
    spanOf(traceIdOf(i + 1), 1, { ...at(BigInt(i) * minuteNano, 5n), attributes: strings({ seldom: 'yes' }) }),
  );
  // The more spans there are, the shorter are slices.
  const others = Array.from({ length: 2000 }, (_, i) => spanOf(traceIdOf(10_000 + i), 1, at(BigInt(i), 5n)));
  await fixture.insert({ resourceSpans: [from('seldom', [...spans, ...others])] });
  const countsOf = async (store: ReadableStore, more = {}): Promise<{ atOnce: number; all: number }> => {
    const asked = { ...everything, attribute: ['seldom=yes'], limit: 100, ...more };
    const findings = await findingsOf(async () => expect(await searchAll(store, asked)).toHaveLength(40));
    return { atOnce: findings.filter(({ isAtOnce }) => isAtOnce).length, all: findings.length };
  };
  expect(await countsOf(fixture.store)).toEqual({ atOnce: 1, all: 1 });
  expect(await countsOf(fixture.store, { service: 'seldom' })).toEqual({ atOnce: 1, all: 1 });
  const sliced = bySlices(fixture.store);
  const first = await countsOf(sliced);
  expect(first.atOnce).toBe(1);
  expect(first.all).toBeGreaterThan(2);
  // It is known by then.
  expect(await countsOf(sliced)).toEqual({ atOnce: 0, all: first.all - 1 });
});

test('goes by slices where a page was found at once in a small part of the range', async () => {
  const spans = Array.from({ length: 40 }, (_, i) =>
    spanOf(traceIdOf(1000 + i), 1, { ...at(BigInt(i) * minuteNano, 5n), attributes: strings({ often: 'yes' }) }),
  );
  await fixture.insert({ resourceSpans: [from('often', spans)] });
  const asked = { ...everything, start: String(base - minuteNano), end: String(base + 40n * minuteNano) };
  const isAtOnce = async (limit: number, more = {}): Promise<boolean | undefined> => {
    const parameters = parseSearch({ ...asked, attribute: ['often=yes'], limit, ...more });
    const [first] = await findingsOf(async () => {
      expect((await search(fixture.store, parameters)).traces).toHaveLength(limit);
    });
    return first?.isAtOnce;
  };
  for (const limit of [30, 10, 1]) expect(await isAtOnce(limit)).toBe(true);
  expect(await isAtOnce(30)).toBe(false);
  // Another question.
  for (const order of ['oldest', 'newest'])
    expect(await isAtOnce(1, { order, attribute: ['often=yes', 'span.often=yes'] })).toBe(order === 'oldest');
});

test('reads the granules that may hold the value, by as many threads as there are for them', async () => {
  // Of no other test.
  const minute = 700n * minuteNano - (base % minuteNano);
  // Fewer would have no indexes before they are merged.
  const insert = (firstTrace: number, count: number, code: string): Promise<void> => {
    const spans = Array.from({ length: count }, (_, i) =>
      spanOf(traceIdOf(firstTrace + i), 1, { ...at(minute + BigInt(i), 5n), attributes: strings({ code }) }),
    );
    return fixture.insert({ resourceSpans: [from('granules', spans)] });
  };
  await insert(100_000, 9_000, 'one');
  await insert(200_000, 50_000, 'many');
  const findingOf = async (value: string) => {
    const asked = {
      start: String(base + minute),
      end: String(base + minute + minuteNano),
      attribute: [`code=${value}`],
      limit: 1,
    };
    const [finding] = await findingsOf(() => search(fixture.store, parseSearch(asked)));
    return finding ?? expect.fail('nothing was asked');
  };
  const one = await findingOf('one');
  const [read] = await fixture.store.query<{ rows: string }>(`EXPLAIN ESTIMATE ${one.sql}`, one.values);
  expect(Number(read?.rows)).toBe(9_000);
  const many = await findingOf('many');
  const pipeline = await fixture.store.query<{ explain: string }>(
    `EXPLAIN PIPELINE ${many.sql}, max_threads = 2`,
    many.values,
  );
  expect(pipeline.map(({ explain }) => explain).join('\n')).toMatch(/MergeTreeSelect\(.*\) × 2/);
});

test('the value of an id is looked for among ids, whether its key says so in upper or lower case', async () => {
  const minute = 800n * minuteNano - (base % minuteNano);
  const ids = ['user.id', 'OrderID', 'paid', 'id'];
  const others = ['ideal', 'id.of', 'user_id ', 'i'];
  const of = (value: string) => strings(Object.fromEntries([...ids, ...others].map((key) => [key, value])));
  const spans = ['ada', 'bob'].map((value, i) =>
    spanOf(traceIdOf(900_000 + i), 1, { ...at(minute + BigInt(i), 5n), attributes: of(value) }),
  );
  await fixture.insert({ resourceSpans: [from('ids', spans)] });
  for (const key of [...ids, ...others]) {
    const asked = { ...everything, start: String(base + minute), attribute: [`span.${key}=ada`] };
    const [finding] = await findingsOf(async () => {
      const { traces } = await search(fixture.store, parseSearch(asked));
      expect(traces.map(({ traceId }) => traceId)).toEqual([traceIdOf(900_000)]);
    });
    if (!finding) expect.fail('nothing was asked');
    expect(finding.sql.includes('attr_ids['), key).toBe(ids.includes(key));
    const plan = await fixture.store.query<{ explain: string }>(`EXPLAIN indexes = 1 ${finding.sql}`, finding.values);
    const filters = plan.flatMap(({ explain }) => /Name: (attr_\w+)/.exec(explain)?.[1] ?? []);
    expect(filters, key).toEqual([...(ids.includes(key) ? ['attr_ids_values'] : []), 'attr_string_texts']);
  }
});

test('spans of ids are read from ids, where a query names nothing else', async () => {
  const minute = 900n * minuteNano - (base % minuteNano);
  const attributes = strings({ 'loan.id': 'ada', title: 'Persuasion' });
  await fixture.insert({
    resourceSpans: [from('loans', [spanOf(traceIdOf(910_000), 1, { ...at(minute, 5n), attributes })])],
  });
  for (const [select, column] of [
    ['', 'attr_ids'],
    [' | select(span.title)', 'attr_string'],
  ]) {
    const asked = { ...everything, start: String(base + minute), q: `{ span.loan.id = "ada" }${select}` };
    const queries = vi.spyOn(fixture.store, 'queryBlocks');
    const { traces } = await search(fixture.store, parseSearch(asked));
    const read = queries.mock.calls.flatMap(([sql]) => /mapFilter\(.*, key\), (\w+)\)/.exec(sql)?.[1] ?? []);
    queries.mockRestore();
    expect(read).toEqual([column]);
    expect(traces[0]?.spanSets?.[0]?.spans[0]?.attributes).toEqual(
      select ? expect.arrayContaining(attributes) : strings({ 'loan.id': 'ada' }),
    );
  }
});
