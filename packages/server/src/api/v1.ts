/** Our own API, `/api/v1/…`, as `docs/http-api.md` and `openapi.ts` describe it. */
import type {
  AttributeKeysResponse,
  AttributeScope,
  AttributeValuesResponse,
  ErrorResponse,
  ExplanationResponse,
  SearchParameters,
  SearchResponse,
  ServicesResponse,
  SpanNamesResponse,
  StatusResponse,
  TracesData,
  WholeTracesResponse,
} from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { explain } from '../explain/explanation.ts';
import { findAttributeKeys, findAttributeValues } from '../query/attributes.ts';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { search } from '../query/search.ts';
import { parseSearch } from '../query/search-query.ts';
import { findServices, findSpanNames } from '../query/services.ts';
import { parseTime, parseTimeRange, type TimeRange } from '../query/time-range.ts';
import { findTrace, findTraces, parseTraceId } from '../query/trace.ts';
import { type Store, StoreError } from '../store/store.ts';
import { registerDependencies } from './dependencies.ts';
import { failureOf, traceNotFound } from './failure.ts';
import { openapi } from './openapi.ts';
import { QueryString } from './query-string.ts';
import { lookupFor, searchFor } from './reading.ts';
import type { ApiDeps } from './register.ts';
import { registerServiceMetrics } from './service-metrics.ts';
import { registerServiceSpans } from './service-spans.ts';

const maxListed = 1000;
const maxWholeTraces = 100;
const scopes: readonly AttributeScope[] = ['span', 'resource'];
const searchParameters: readonly (keyof SearchParameters)[] = [
  'service',
  'name',
  'attribute',
  'minDuration',
  'maxDuration',
  'status',
  'start',
  'end',
  'limit',
  'order',
  'cursor',
];

interface TracePath {
  Params: { traceId: string };
}

export function registerV1(
  app: FastifyInstance,
  { store, status, hasQueries = true }: Pick<ApiDeps, 'store' | 'status' | 'hasQueries'>,
): void {
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (!failure) throw error;
    const { status: code, ...described } = failure;
    const body: ErrorResponse = { error: described };
    return reply.code(code).send(body);
  });
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });

  if (hasQueries) {
    registerNames(app, store);
    registerServiceSpans(app, store);
    registerTraces(app, store);
    registerServiceMetrics(app, store);
    registerDependencies(app, store);
  }

  app.get('/status', async (request): Promise<StatusResponse> => {
    new QueryString(request.query, []);
    return status();
  });
  app.get('/openapi.json', async () => openapi);
}

function registerNames(app: FastifyInstance, store: Store): void {
  app.get('/services', async (request): Promise<ServicesResponse> => {
    const query = new QueryString(request.query, ['start', 'end']);
    return { services: await findServices(lookupFor(request, store), openRange(query)) };
  });

  app.get<{ Params: { service: string } }>(
    '/services/:service/span-names',
    async (request): Promise<SpanNamesResponse> => {
      const query = new QueryString(request.query, ['start', 'end', 'prefix', 'limit']);
      const { service } = request.params;
      return {
        spanNames: await findSpanNames(lookupFor(request, store), {
          service,
          range: openRange(query),
          ...completion(query),
        }),
      };
    },
  );

  app.get('/attributes', async (request): Promise<AttributeKeysResponse> => {
    const query = new QueryString(request.query, ['service', 'prefix', 'scope', 'start', 'end', 'limit']);
    const filter = { ...completion(query), ...place(query), range: openRange(query) };
    return { attributes: await findAttributeKeys(lookupFor(request, store), filter) };
  });

  app.get('/attributes/values', async (request): Promise<AttributeValuesResponse> => {
    const query = new QueryString(request.query, ['key', 'scope', 'service', 'prefix', 'start', 'end', 'limit']);
    const key = query.text('key');
    if (key === undefined) {
      throw new InvalidParameter(
        'missing-key',
        'key',
        'Whose values? Give the attribute: key=http.route, for example.',
      );
    }
    const range = parseTimeRange(query.text('start'), query.text('end'));
    return {
      values: await findAttributeValues(searchFor(request, store), {
        key,
        ...completion(query),
        ...place(query),
        range,
      }),
    };
  });
}

function registerTraces(app: FastifyInstance, store: Store): void {
  app.get('/traces', async (request): Promise<SearchResponse> => {
    const query = parseSearch(readSearch(new QueryString(request.query, searchParameters)));
    const [found, missing] = await Promise.all([search(searchFor(request, store), query), store.missing()]);
    return missing.length === 0 ? found : { ...found, warnings: missing.map(incomplete) };
  });

  app.get<TracePath>('/traces/:traceId', async (request, reply): Promise<TracesData> => {
    const query = new QueryString(request.query, ['download']);
    const traceId = parseTraceId(request.params.traceId);
    const trace = await findTrace(lookupFor(request, store), traceId);
    if (!trace) throw notFoundIn(await store.missing(), traceId);
    if (query.flag('download')) reply.header('content-disposition', `attachment; filename="trace-${traceId}.json"`);
    return trace;
  });

  app.get('/whole-traces', async (request): Promise<WholeTracesResponse> => {
    const traceIds = readTraceIds(new QueryString(request.query, ['traceId']));
    const found = await findTraces(lookupFor(request, store), traceIds);
    return {
      traces: traceIds.flatMap((traceId) => {
        const trace = found.get(traceId);
        return trace ? [{ traceId, ...trace }] : [];
      }),
    };
  });

  app.get<TracePath>('/traces/:traceId/explanation', async (request): Promise<ExplanationResponse> => {
    new QueryString(request.query, []);
    const traceId = parseTraceId(request.params.traceId);
    const trace = await findTrace(lookupFor(request, store), traceId);
    if (!trace) throw notFoundIn(await store.missing(), traceId);
    return explain(traceId, trace);
  });
}

function incomplete(place: string): string {
  return `${place.charAt(0).toUpperCase()}${place.slice(1)} does not answer: traces on it are missing.`;
}

/** A trace is on one shard as a whole, perhaps on one that does not answer. */
function notFoundIn(missing: readonly string[], traceId: string): Error {
  if (missing.length === 0) return traceNotFound(traceId);
  const message = `Trace ${traceId} may be on ${missing.join(' or ')}, which does not answer: try again later.`;
  return new StoreError('store-unreachable', message);
}

/** Text that is not given must be absent, not undefined. */
function readSearch(query: QueryString): SearchParameters {
  const texts = ['service', 'name', 'minDuration', 'maxDuration', 'status', 'start', 'end', 'order', 'cursor'];
  const given = texts.flatMap((name) => {
    const text = query.text(name);
    return text === undefined ? [] : [[name, text]];
  });
  return {
    ...Object.fromEntries(given),
    attribute: query.texts('attribute'),
    limit: query.integer('limit', 20, maxListed),
  };
}

function readTraceIds(query: QueryString): string[] {
  const traceIds = [...new Set(query.texts('traceId').map(parseTraceId))];
  if (traceIds.length >= 1 && traceIds.length <= maxWholeTraces) return traceIds;
  const given = traceIds.length === 0 ? 'Which traces?' : `${traceIds.length} traces are too many at once.`;
  throw new InvalidParameter('invalid-trace-ids', 'traceId', `${given} Give 1 to ${maxWholeTraces} trace ids.`);
}

/** Open at an end that is not given: names are listed from all times unless asked otherwise. */
function openRange(query: QueryString): Partial<TimeRange> {
  const start = query.text('start');
  const end = query.text('end');
  if (start !== undefined && end !== undefined) return parseTimeRange(start, end);
  return {
    ...(start === undefined ? {} : { startUnixNano: parseTime('start', start) }),
    ...(end === undefined ? {} : { endUnixNano: parseTime('end', end) }),
  };
}

function completion(query: QueryString): { prefix?: string; limit: number } {
  const prefix = query.text('prefix');
  return { ...(prefix === undefined ? {} : { prefix }), limit: query.integer('limit', 100, maxListed) };
}

function place(query: QueryString): { service?: string; scope?: AttributeScope } {
  const service = query.text('service');
  const scope = query.oneOf('scope', scopes);
  return { ...(service === undefined ? {} : { service }), ...(scope === undefined ? {} : { scope }) };
}
