import type { ResourceSpans, Span, TracesData } from '@sightline/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ReadableStore } from '../store/store.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';
import { findTrace, findTraces } from './trace.ts';

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openStoreFixture();
});
afterAll(() => fixture.remove());

const idOf = (number: number): string => number.toString(16).padStart(32, '0');

function spanOf(traceId: string, start: number): Span {
  return { traceId, spanId: '1'.repeat(16), name: 'work', startTimeUnixNano: `${start}`, endTimeUnixNano: '9000' };
}

function from(service: string, span: Span): ResourceSpans {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return { resource: { attributes }, scopeSpans: [{ scope: { name: 'http' }, spans: [span] }] };
}

/** A trace that starts in one service and goes on in another. */
function traceOf(id: string, ...services: string[]): TracesData {
  return { resourceSpans: services.map((service, index) => from(service, spanOf(id, index + 1))) };
}

test('what spans are under is read when it is first met, and not again', async () => {
  const ids = [1, 2, 3].map(idOf) as [string, string, string];
  const traces = [traceOf(ids[0], 'one', 'two'), traceOf(ids[1], 'two', 'one'), traceOf(ids[2], 'one', 'three')];
  for (const trace of traces) await fixture.insert(trace);
  const asked = vi.spyOn(fixture.store, 'queryBlocks');
  const placesRead: unknown[] = [];
  for (const [index, id] of ids.entries()) {
    asked.mockClear();
    expect(await findTrace(fixture.store, id)).toEqual(traces[index]);
    const reading = asked.mock.calls.find(([sql]) => sql.includes('scope_name'));
    placesRead.push((reading?.[1]?.placeHashes as unknown[] | undefined)?.length ?? 0);
  }
  asked.mockRestore();
  expect(placesRead).toEqual([2, 0, 1]);
});

test('a trace with more resources than are remembered comes as it went in', async () => {
  const id = idOf(4);
  const services = Array.from({ length: 2100 }, (_, i) => `service ${i}`);
  await fixture.insert(traceOf(id, ...services));
  for (let turn = 0; turn < 2; turn++) expect(await findTrace(fixture.store, id)).toEqual(traceOf(id, ...services));
});

test('a span that is deleted while its trace is read is left out', async () => {
  const [gone, here] = [idOf(5), idOf(6)] as [string, string];
  await fixture.insert(traceOf(gone, 'gone'));
  await fixture.insert(traceOf(here, 'here'));
  await findTrace(fixture.store, here);
  const deleting: ReadableStore = {
    query: (...all) => fixture.store.query(...all),
    recall: (...all) => fixture.store.recall(...all),
    receivedUntilMs: () => fixture.store.receivedUntilMs(),
    async queryBlocks<Columns>(sql: string, params?: Record<string, unknown>) {
      if (sql.includes('scope_name'))
        await fixture.store.deleteSpans({ service: 'gone', receivedBeforeMs: Date.now() + 60_000 });
      return fixture.store.queryBlocks<Columns>(sql, params);
    },
  };
  const found = await findTraces(deleting, [gone, here]);
  expect([...found]).toEqual([[here, traceOf(here, 'here')]]);
});
