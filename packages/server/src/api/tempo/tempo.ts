/**
 * Tempo's HTTP API, so that Grafana's Tempo data source searches, completes and shows what is stored here: its URL is
 * this server's. Tempo's `/api/traces/{id}` is at the same path as Jaeger's; who asks for protobuf there means Tempo's.
 *
 * @see https://grafana.com/docs/tempo/latest/api_docs/
 */
import type { FastifyInstance } from 'fastify';
import { search } from '../../query/search.ts';
import type { Store } from '../../store/store.ts';
import { failureOf } from '../failure.ts';
import { lookupFor, searchFor } from '../reading.ts';
import { registerTempoMetrics } from './metrics.ts';
import { readTempoSearch } from './search-request.ts';
import { searchResponse } from './search-response.ts';
import { tagNames, tagScopes } from './tag-names.ts';
import { tagValues } from './tag-values.ts';
import { registerTempoTraces } from './traces.ts';

/** What Grafana decides by which of its features there are. */
const buildInfo = { version: '2.9.0', revision: 'sightline', branch: '', buildDate: '', buildUser: '', goVersion: '' };

export function registerTempo(app: FastifyInstance, store: Store): void {
  answerErrorsAsText(app);
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });
  app.get('/echo', async (_, reply) => reply.type('text/plain').send('echo'));
  app.get('/status/buildinfo', async () => buildInfo);
  app.get('/search', async (request) => {
    const found = await search(searchFor(request, store), readTempoSearch(request.query));
    return searchResponse(found);
  });
  registerTags(app, store);
  registerTempoMetrics(app, store);
  registerTempoTraces(app, store);
}

function registerTags(app: FastifyInstance, store: Store): void {
  app.get('/search/tags', async (request) => ({
    tagNames: await tagNames(lookupFor(request, store), request.query),
    metrics: {},
  }));
  app.get('/v2/search/tags', async (request) => ({
    scopes: await tagScopes(lookupFor(request, store), request.query),
    metrics: {},
  }));
  app.get<{ Params: { tag: string } }>('/search/tag/:tag/values', async (request) => {
    const values = await tagValues(searchFor(request, store), `.${request.params.tag}`, request.query);
    return { tagValues: [...new Set(values.map(({ value }) => value))], metrics: {} };
  });
  app.get<{ Params: { tag: string } }>('/v2/search/tag/:tag/values', async (request) => ({
    tagValues: await tagValues(searchFor(request, store), request.params.tag, request.query),
    metrics: {},
  }));
}

/** Tempo's errors are lines of text, which Grafana shows as they are. */
function answerErrorsAsText(app: FastifyInstance): void {
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (!failure) throw error;
    return reply.code(failure.status).type('text/plain; charset=utf-8').send(failure.message);
  });
}
