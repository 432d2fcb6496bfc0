/** Our own API, `/api/v1/…`, as `docs/http-api.md` and `openapi.ts` describe it. */
import type {
  AttributeKeysResponse,
  AttributeScope,
  AttributeValuesResponse,
  ServicesResponse,
  SpanNamesResponse,
  StatusResponse,
} from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { findAttributeKeys, findAttributeValues } from '../query/attributes.ts';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { findServices, findSpanNames } from '../query/services.ts';
import { parseTime, parseTimeRange, type TimeRange } from '../query/time-range.ts';
import type { Store } from '../store/store.ts';
import { registerDependencies } from './dependencies.ts';
import { errorResponse, failureOf } from './failure.ts';
import { registerMetrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { QueryString } from './query-string.ts';
import { lookupFor, searchFor } from './reading.ts';
import type { ApiDeps } from './register.ts';
import { registerSearch } from './search.ts';
import { registerServiceMetrics } from './service-metrics.ts';
import { registerServiceSpans } from './service-spans.ts';
import { registerTrace } from './trace.ts';
import { registerTraceql } from './traceql.ts';

const maxListed = 1000;
const scopes: readonly AttributeScope[] = ['span', 'resource'];
export function registerV1(
  app: FastifyInstance,
  { store, status, dependencies, hasQueries = true }: Pick<ApiDeps, 'store' | 'status' | 'dependencies' | 'hasQueries'>,
): void {
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (!failure) throw error;
    return reply.code(failure.status).send(errorResponse(failure));
  });
  app.addHook('onRequest', async (_, reply) => {
    reply.header('cache-control', 'no-store');
  });

  if (hasQueries) {
    registerNames(app, store);
    registerServiceSpans(app, store);
    registerSearch(app, store);
    registerMetrics(app, store);
    registerTraceql(app);
    registerTrace(app, store);
    registerServiceMetrics(app, store);
    registerDependencies(app, store, dependencies);
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
