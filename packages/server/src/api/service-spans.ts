/** A service's spans as a whole: how many they are, and their end. */
import type { ServiceSpansResponse } from '@sightline/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { parseDurationOf } from '../query/search-query.ts';
import type { SpanSelection, Store } from '../store/store.ts';
import { QueryString } from './query-string.ts';

type ServiceRequest = FastifyRequest<{ Params: { service: string } }>;

export function registerServiceSpans(app: FastifyInstance, store: Store): void {
  const path = '/services/:service/spans';

  app.get(path, async (request: ServiceRequest): Promise<ServiceSpansResponse> => {
    return { spanCount: await store.countSpans(selectionOf(request)) };
  });

  app.delete(path, async (request: ServiceRequest): Promise<ServiceSpansResponse> => {
    return { spanCount: await store.deleteSpans(selectionOf(request)) };
  });
}

function selectionOf({ params, query }: ServiceRequest): SpanSelection {
  const text = new QueryString(query, ['olderThan']).text('olderThan');
  const ageNano = parseDurationOf('olderThan', text);
  if (ageNano === undefined) {
    throw new InvalidParameter(
      'missing-age',
      'olderThan',
      'Which of them? Give their age: olderThan=1d, or 0s for all.',
    );
  }
  return { service: params.service, receivedBeforeMs: Date.now() - Number(ageNano / 1_000_000n) };
}
