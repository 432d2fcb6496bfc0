/** Jaeger's legacy HTTP API, as Jaeger UI and Grafana's Jaeger data source use it. */
import type { SpanKindNumber } from '@sightline/wire';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { search } from '../query/search.ts';
import { findServices, findSpanNames } from '../query/services.ts';
import { findTraces } from '../query/trace.ts';
import type { ReadableStore, Store } from '../store/store.ts';
import { failureOf } from './failure.ts';
import { parseJaegerTraceId, readJaegerSearch } from './jaeger-search.ts';
import { type JaegerTrace, jaegerKinds, jaegerTrace } from './jaeger-trace.ts';
import { lookupFor, searchFor } from './reading.ts';

interface JaegerError {
  code?: number;
  msg: string;
  traceID?: string;
}

/** What every answer is wrapped in. */
interface Envelope<Data> {
  data: Data;
  total: number;
  limit: number;
  offset: number;
  errors: JaegerError[] | null;
}

const allNames = 100_000;

export function registerJaeger(app: FastifyInstance, store: Store): void {
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (!failure) throw error;
    return sendErrors(reply, failure.status, [{ code: failure.status, msg: failure.message }]);
  });
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });
  registerNames(app, store);
  registerTraces(app, store);
}

function registerNames(app: FastifyInstance, store: Store): void {
  app.get('/services', async (request) => {
    const names = (await findServices(lookupFor(request, store))).map(({ name }) => name);
    return envelope(names, names.length);
  });

  app.get<{ Params: { service: string } }>('/services/:service/operations', async (request) => {
    const { service } = request.params;
    const found = await findSpanNames(lookupFor(request, store), { service, limit: allNames });
    const names = [...new Set(found.map(({ name }) => name))].sort();
    return envelope(names, names.length);
  });

  app.get<{ Querystring: { service?: string; spanKind?: string } }>('/operations', async (request) => {
    const { service, spanKind } = request.query;
    if (!service) throw new InvalidParameter('missing-service', 'service', "parameter 'service' is required");
    const kind = spanKind ? { kind: kindNumber(spanKind) } : {};
    const found = await findSpanNames(lookupFor(request, store), { service, limit: allNames, ...kind });
    const operations = found.map(({ name, kind }) => ({ name, spanKind: jaegerKinds[kind] }));
    return envelope(operations, operations.length);
  });
}

function registerTraces(app: FastifyInstance, store: Store): void {
  app.get('/traces', async (request, reply) => {
    const { traceIds, query } = readJaegerSearch(request.query);
    const isByIds = traceIds.length > 0;
    const wanted = isByIds
      ? traceIds
      : (await search(searchFor(request, store), query)).traces.map(({ traceId }) => traceId);
    const { traces, missing } = await findJaegerTraces(lookupFor(request, store), wanted);
    const errors = missing.map((traceID) => ({ msg: 'trace not found', traceID }));
    return sendPretty(reply, request.query, envelope(traces, 0, isByIds && errors.length > 0 ? errors : null));
  });

  app.get<{ Params: { traceId: string } }>('/traces/:traceId', async (request, reply) => {
    const traceId = parseJaegerTraceId(request.params.traceId);
    const { traces } = await findJaegerTraces(lookupFor(request, store), [traceId]);
    if (traces.length === 0) return sendErrors(reply, 404, [{ code: 404, msg: 'trace not found' }]);
    return sendPretty(reply, request.query, envelope(traces, 0));
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

function kindNumber(spanKind: string): SpanKindNumber {
  const kind = jaegerKinds.findIndex((name) => name !== '' && name === spanKind.toLowerCase());
  if (kind > 0) return kind as SpanKindNumber;
  throw new InvalidParameter(
    'invalid-span-kind',
    'spanKind',
    `unsupported span kind: '${spanKind}': give one of ${jaegerKinds.slice(1).join(', ')}`,
  );
}

function envelope<Data>(data: Data, total: number, errors: JaegerError[] | null = null): Envelope<Data> {
  return { data, total, limit: 0, offset: 0, errors };
}

function sendErrors(reply: FastifyReply, status: number, errors: JaegerError[]): FastifyReply {
  return reply.code(status).send(envelope(null, 0, errors));
}

function sendPretty(reply: FastifyReply, query: unknown, body: unknown): FastifyReply {
  const isPretty =
    typeof query === 'object' && query !== null && 'prettyPrint' in query && query.prettyPrint === 'true';
  return reply
    .type('application/json; charset=utf-8')
    .send(isPretty ? JSON.stringify(body, undefined, 4) : JSON.stringify(body));
}
