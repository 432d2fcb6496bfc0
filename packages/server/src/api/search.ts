/** The search, answered as a whole or, where events are asked for, as it goes on. */
import type { SearchParameters, SearchResponse } from '@sightline/wire';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { search } from '../query/search.ts';
import { parseSearch, type SearchQuery } from '../query/search-query.ts';
import type { Store } from '../store/store.ts';
import { EventStream } from './event-stream.ts';
import { QueryString } from './query-string.ts';
import { searchFor } from './reading.ts';

const maxListed = 1000;
const maxSpansPerSpanSet = 100;
const formTexts = ['service', 'name', 'minDuration', 'maxDuration', 'status'] as const;
const otherTexts = ['q', 'start', 'end', 'order', 'cursor'] as const;
/** What says which spans are meant. */
export const searchFields: readonly (keyof SearchParameters)[] = ['q', 'attribute', ...formTexts];
const parameters: readonly (keyof SearchParameters)[] = [
  ...searchFields,
  'start',
  'end',
  'order',
  'cursor',
  'limit',
  'spansPerSpanSet',
];

export function registerSearch(app: FastifyInstance, store: Store): void {
  app.get('/traces', async (request, reply): Promise<SearchResponse | FastifyReply> => {
    const query = parseSearch(readSearch(new QueryString(request.query, parameters)));
    if (request.headers.accept?.includes('text/event-stream')) return streamSearch(request, reply, store, query);
    const [found, warnings] = await Promise.all([search(searchFor(request, store), query), warningsOf(store)]);
    return { ...found, ...warnings };
  });
}

function streamSearch(request: FastifyRequest, reply: FastifyReply, store: Store, query: SearchQuery): FastifyReply {
  const events = new EventStream();
  events.finishWith(async () => {
    const listener = {
      onProgress: (reached: bigint, range: SearchQuery['range']) => {
        events.send('progress', {
          searchedFromUnixNano: String(reached),
          startUnixNano: String(range.startUnixNano),
          endUnixNano: String(range.endUnixNano),
        });
      },
      onTraces: (traces: SearchResponse['traces']) => events.send('traces', { traces }),
    };
    const { nextCursor } = await search(searchFor(request, store), query, listener);
    events.send('done', { ...(nextCursor !== undefined && { nextCursor }), ...(await warningsOf(store)) });
  });
  return events.answer(reply);
}

async function warningsOf(store: Store): Promise<Pick<SearchResponse, 'warnings'>> {
  const missing = await store.missing();
  return missing.length === 0 ? {} : { warnings: missing.map(incomplete) };
}

function incomplete(place: string): string {
  return `${place.charAt(0).toUpperCase()}${place.slice(1)} does not answer: traces on it are missing.`;
}

/** Whether the texts are right, `parseSearch` says. */
export function readSearch(query: QueryString): SearchParameters {
  return {
    ...givenTexts(query, [...formTexts, ...otherTexts]),
    attribute: query.texts('attribute'),
    limit: query.integer('limit', 20, maxListed),
    spansPerSpanSet: query.integer('spansPerSpanSet', 3, maxSpansPerSpanSet),
  } as SearchParameters;
}

/** Text that is not given must be absent, not undefined. */
function givenTexts<Name extends string>(query: QueryString, names: readonly Name[]): Partial<Record<Name, string>> {
  const given = names.flatMap((name) => {
    const text = query.text(name);
    return text === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(given) as Partial<Record<Name, string>>;
}
