/** What spans say when they are counted: metrics of services and span names, and where one span stands among its like. */
import type { ServiceMetricsResponse, StandingResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { findServiceMetrics } from '../query/service-metrics.ts';
import { findStanding } from '../query/span-standing.ts';
import { parseSteps } from '../query/steps.ts';
import { parseTimeRange } from '../query/time-range.ts';
import { parseTraceId } from '../query/trace.ts';
import type { Store } from '../store/store.ts';
import { NotFound } from './failure.ts';
import { QueryString } from './query-string.ts';
import { lookupFor } from './reading.ts';

export function registerServiceMetrics(app: FastifyInstance, store: Store): void {
  app.get('/service-metrics', async (request): Promise<ServiceMetricsResponse> => {
    const query = new QueryString(request.query, ['start', 'end', 'step', 'service']);
    const range = parseTimeRange(query.text('start'), query.text('end'));
    const steps = parseSteps(range, query.text('step'));
    return findServiceMetrics(lookupFor(request, store), steps, query.text('service'));
  });

  app.get<{ Params: { traceId: string; spanId: string } }>(
    '/traces/:traceId/spans/:spanId/standing',
    async (request): Promise<StandingResponse> => {
      new QueryString(request.query, []);
      const traceId = parseTraceId(request.params.traceId);
      const spanId = parseSpanId(request.params.spanId);
      const standing = await findStanding(lookupFor(request, store), traceId, spanId);
      if (standing) return standing;
      const message = `No span ${spanId} of trace ${traceId} is stored: it may not have arrived yet, or be older than the retention.`;
      throw new NotFound('span-not-found', 'spanId', message);
    },
  );
}

function parseSpanId(text: string): string {
  if (/^[0-9a-f]{16}$/i.test(text)) return text.toLowerCase();
  const message = `${JSON.stringify(text)} is not a span id: give its 16 hex digits.`;
  throw new InvalidParameter('invalid-span-id', 'spanId', message);
}
