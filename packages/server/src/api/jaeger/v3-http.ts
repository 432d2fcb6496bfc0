/**
 * Jaeger's newer HTTP API, which Jaeger UI asks since 2.15: its protobuf as JSON, with whole traces in OTLP's own JSON.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto
 */
import type { TracesData } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { findServices } from '../../query/services.ts';
import type { Store } from '../../store/store.ts';
import { failureOf } from '../failure.ts';
import { lookupFor, searchFor } from '../reading.ts';
import { type LoadedTrace, loadTrace, loadTraces } from './load-traces.ts';
import { findOperations } from './operations.ts';
import { jaegerTraceNotFound, parseJaegerTraceId } from './trace-id.ts';
import { searchTraces } from './trace-search.ts';
import { jaegerSummaries } from './trace-summaries.ts';
import { readV3Search, v3Parameters } from './v3-search.ts';

/** Whole traces are in one answer. */
const maxTraces = 1500;
const maxSummaries = 10_000;

export function registerJaegerV3(app: FastifyInstance, store: Store): void {
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (!failure) throw error;
    return reply.code(failure.status).send({ error: { httpCode: failure.status, message: failure.message } });
  });
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });
  registerNames(app, store);
  registerTraces(app, store);
}

function registerNames(app: FastifyInstance, store: Store): void {
  app.get('/services', async (request) => {
    return { services: (await findServices(lookupFor(request, store))).map(({ name }) => name) };
  });

  app.get('/operations', async (request) => {
    const query = v3Parameters(request.query);
    const asked = { service: query.text('service'), spanKind: query.text('spanKind') };
    const found = await findOperations(lookupFor(request, store), asked);
    // As Jaeger says it over HTTP, where a kind is required.
    return { operations: found.map(({ name, spanKind }) => ({ name, spanKind: spanKind || 'internal' })) };
  });
}

function registerTraces(app: FastifyInstance, store: Store): void {
  app.get('/trace-summaries', async (request) => {
    const found = await searchTraces(searchFor(request, store), readV3Search(request.query, maxSummaries));
    return { summaries: await jaegerSummaries(lookupFor(request, store), found) };
  });

  app.get('/traces', async (request) => {
    const found = await searchTraces(searchFor(request, store), readV3Search(request.query, maxTraces));
    return { result: await joined(loadTraces(lookupFor(request, store), found)) };
  });

  app.get<{ Params: { traceId: string } }>('/traces/:traceId', async (request) => {
    const traceId = parseJaegerTraceId(request.params.traceId);
    return { result: await loadTrace(lookupFor(request, store), traceId) };
  });
}

/** @throws NotFound where there are none: so Jaeger answers a search, too */
async function joined(traces: AsyncIterable<LoadedTrace>): Promise<TracesData> {
  const all: TracesData = { resourceSpans: [] };
  for await (const { trace } of traces) {
    // Not all as arguments of one call, of which there is a limit: each span may have a resource of its own.
    for (const each of trace.resourceSpans) all.resourceSpans.push(each);
  }
  if (all.resourceSpans.length === 0) throw jaegerTraceNotFound();
  return all;
}
