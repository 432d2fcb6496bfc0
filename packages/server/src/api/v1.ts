/** Our own API, `/api/v1/…`, as `docs/http-api.md` and `openapi.ts` describe it. */
import type { ServicesResponse, SpanNamesResponse, StatusResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { findServices, findSpanNames } from '../query/services.ts';
import type { Store } from '../store/store.ts';
import { registerAttributes } from './attributes.ts';
import { completion, openRange } from './completion-query.ts';
import { registerDependencies } from './dependencies.ts';
import { errorResponse, failureOf } from './failure.ts';
import { registerMetrics } from './metrics.ts';
import { openapi } from './openapi.ts';
import { QueryString } from './query-string.ts';
import { lookupFor } from './reading.ts';
import type { ApiDeps } from './register.ts';
import { registerSearch } from './search.ts';
import { registerServiceMetrics } from './service-metrics.ts';
import { registerServiceSpans } from './service-spans.ts';
import { registerTrace } from './trace.ts';
import { registerTraceql } from './traceql.ts';

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
    registerAttributes(app, store);
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
}
