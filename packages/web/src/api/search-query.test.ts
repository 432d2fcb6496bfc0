import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TraceSummary } from '@sightline/wire';
import { InfiniteQueryObserver, QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SearchEvents } from './search-events.ts';
import { type SearchPage, searchQuery, stopSearch } from './search-query.ts';

/** A server that answers a search as the test tells it to, and the pages' `fetch` led to it. */
let server: Server;
let asked: string[];
let answer: (response: ServerResponse) => void;
const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const realFetch = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, options: RequestInit) => realFetch(`http://127.0.0.1:${port}${url}`, options));
});

afterEach(() => {
  vi.unstubAllGlobals();
  client.clear();
  server.closeAllConnections();
  server.close();
});

const trace = (traceId: string) => ({ traceId }) as TraceSummary;

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

function emit<Kind extends keyof SearchEvents>(response: ServerResponse, kind: Kind, data: SearchEvents[Kind]): void {
  response.write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Every first page that a person would see, as it changes. */
function watch(state = {}): { seen: SearchPage[]; observer: InfiniteQueryObserver; end: () => void } {
  const seen: SearchPage[] = [];
  const observer = new InfiniteQueryObserver(client, searchQuery(state) as never);
  const end = observer.subscribe(({ data }) => {
    const page = (data as { pages: SearchPage[] } | undefined)?.pages[0];
    if (page && page !== seen.at(-1)) seen.push(page);
  });
  return { seen, observer: observer as InfiniteQueryObserver, end };
}

const ids = ({ traces }: SearchPage) => traces.map(({ traceId }) => traceId);
const progress = { searchedFromUnixNano: '900', startUnixNano: '0', endUnixNano: '1000' };

test('traces show as they come, with how far back has been searched, until the answer is whole', async () => {
  answer = (response) => {
    begin(response);
    emit(response, 'traces', { traces: [trace('a')] });
    setTimeout(() => emit(response, 'progress', progress), 30);
    setTimeout(() => emit(response, 'traces', { traces: [trace('b')] }), 60);
    setTimeout(() => response.end('event: done\ndata: {"nextCursor":"c"}\n\n'), 90);
  };
  const { seen, end } = watch({ q: '{ .a }' });
  await vi.waitFor(() => expect(seen.at(-1)?.nextCursor).toBe('c'));
  end();
  expect(seen.map(ids)).toEqual([['a'], ['a'], ['a', 'b'], ['a', 'b']]);
  expect(seen.map(({ searchedFromUnixNano }) => searchedFromUnixNano).slice(1)).toEqual(['900', '900', undefined]);
  expect(asked[0]).toContain('q=%7B+.a+%7D');
});

test('a search that is stopped keeps what it has found, and ends on the server, too', async () => {
  let closed = false;
  answer = (response) => {
    begin(response);
    response.on('close', () => {
      closed = true;
    });
    emit(response, 'progress', progress);
    emit(response, 'traces', { traces: [trace('a')] });
  };
  const { seen, observer, end } = watch();
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  stopSearch({});
  await vi.waitFor(() => expect(closed).toBe(true));
  await vi.waitFor(() => expect(observer.getCurrentResult()).toMatchObject({ isFetching: false, isError: false }));
  expect(ids(seen.at(-1) as SearchPage)).toEqual(['a']);
  expect(seen.at(-1)?.searchedFromUnixNano).toBe('900');
  end();
});

test('searched for again, the answer is replaced when the new one is whole', async () => {
  let round = 0;
  answer = (response) => {
    begin(response);
    round++;
    emit(response, 'traces', { traces: [trace(`first of ${round}`)] });
    setTimeout(() => {
      emit(response, 'traces', { traces: [trace(`second of ${round}`)] });
      response.end('event: done\ndata: {}\n\n');
    }, 30);
  };
  const { seen, observer, end } = watch();
  await vi.waitFor(() => expect(observer.getCurrentResult()).toMatchObject({ isFetching: false, isSuccess: true }));
  const before = seen.length;
  await observer.refetch();
  end();
  expect(seen.slice(before).map(ids)).toEqual([['first of 2', 'second of 2']]);
});

test.each([
  [
    'an error among the events',
    'event: error\ndata: {"error":{"code":"query-timeout","message":"too slow"}}\n\n',
    'too slow',
  ],
  [
    'an end without a word',
    'event: traces\ndata: {"traces":[]}\n\n',
    'The server ended the search before it was done.',
  ],
])('%s is an error', async (_, body, message) => {
  answer = (response) => {
    begin(response);
    response.end(body);
  };
  const { observer, end } = watch();
  await vi.waitFor(() => expect(observer.getCurrentResult().error?.message).toBe(message));
  end();
});

test('a refusal before the first event has its place in the query', async () => {
  answer = (response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end('{"error":{"code":"invalid-query","message":"a value is missing","field":"q","from":4,"to":5}}');
  };
  const { observer, end } = watch({ q: '{ .a = }' });
  await vi.waitFor(() => expect(observer.getCurrentResult().error).toMatchObject({ from: 4, to: 5, field: 'q' }));
  end();
});
