/** Jaeger's legacy HTTP API, as Jaeger UI and Grafana's Jaeger data source use it. */
import type { FastifyInstance } from 'fastify';
import { findServices } from '../../query/services.ts';
import { findTraces } from '../../query/trace.ts';
import type { ReadableStore, Store } from '../../store/store.ts';
import { lookupFor, searchFor } from '../reading.ts';
import { answerTempoTrace } from '../tempo/traces.ts';
import { wantsProtobuf } from '../wants-protobuf.ts';
import { registerJaegerDependencies } from './dependencies-http.ts';
import type { FindDependencies } from './dependency-links.ts';
import { answerErrorsInEnvelope, envelope, sendPretty } from './envelope.ts';
import { type JaegerTrace, jaegerTrace } from './jaeger-trace.ts';
import { readLegacySearch } from './legacy-search.ts';
import { loadTrace } from './load-traces.ts';
import { registerMetrics } from './metrics-http.ts';
import { findOperations } from './operations.ts';
import { parseJaegerTraceId } from './trace-id.ts';
import { searchTraces } from './trace-search.ts';
import { registerTransform } from './transform.ts';

/** @param find who calls whom, where that is known */
export function registerJaeger(app: FastifyInstance, store: Store, dependencies?: FindDependencies): void {
  answerErrorsInEnvelope(app);
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });
  registerNames(app, store);
  registerTraces(app, store);
  registerMetrics(app, store);
  if (dependencies) registerJaegerDependencies(app, store, dependencies);
  registerTransform(app);
}

function registerNames(app: FastifyInstance, store: Store): void {
  app.get('/services', async (request) => {
    const names = (await findServices(lookupFor(request, store))).map(({ name }) => name);
    return envelope(names, names.length);
  });

  app.get<{ Params: { service: string } }>('/services/:service/operations', async (request) => {
    const found = await findOperations(lookupFor(request, store), request.params);
    const names = [...new Set(found.map(({ name }) => name))].sort();
    return envelope(names, names.length);
  });

  app.get<{ Querystring: { service?: string; spanKind?: string } }>('/operations', async (request) => {
    const operations = await findOperations(lookupFor(request, store), request.query);
    return envelope(operations, operations.length);
  });
}

function registerTraces(app: FastifyInstance, store: Store): void {
  app.get('/traces', async (request, reply) => {
    const { traceIds, search } = readLegacySearch(request.query);
    const isByIds = traceIds.length > 0;
    const wanted = isByIds
      ? traceIds
      : (await searchTraces(searchFor(request, store), search)).map(({ traceId }) => traceId);
    const { traces, missing } = await findJaegerTraces(lookupFor(request, store), wanted);
    const errors = missing.map((traceID) => ({ msg: 'trace not found', traceID }));
    return sendPretty(reply, request.query, envelope(traces, 0, isByIds && errors.length > 0 ? errors : null));
  });

  app.get<{ Params: { traceId: string } }>('/traces/:traceId', async (request, reply) => {
    if (wantsProtobuf(request)) return answerTempoTrace(request, reply, store);
    const traceId = parseJaegerTraceId(request.params.traceId);
    const trace = await loadTrace(lookupFor(request, store), traceId);
    return sendPretty(reply, request.query, envelope([jaegerTrace(traceId, trace)], 0));
  });

  // Jaeger copies the trace to a second store, where there is one. Here it stays where it is, as long as --retention says.
  app.post<{ Params: { traceId: string } }>('/archive/:traceId', async (request) => {
    await loadTrace(lookupFor(request, store), parseJaegerTraceId(request.params.traceId));
    return envelope([], 0, []);
  });
}

async function findJaegerTraces(
  store: ReadableStore,
  traceIds: string[],
): Promise<{ traces: JaegerTrace[]; missing: string[] }> {
  const found = await findTraces(store, traceIds);
  const traces = traceIds.flatMap((traceId) => {
    const trace = found.get(traceId);
    return trace ? [jaegerTrace(traceId, trace)] : [];
  });
  return { traces, missing: traceIds.filter((traceId) => !found.has(traceId)) };
}
