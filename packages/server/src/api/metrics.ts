/** Spans counted: series of a metrics query, and groups of what a search matches. */
import type { GroupsResponse, MetricsResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { findGroups } from '../query/groups.ts';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { queryMetrics } from '../query/metrics.ts';
import { parseMetricsRequest } from '../query/metrics-query.ts';
import { parseSearch } from '../query/search-query.ts';
import type { Field } from '../query/traceql/ast.ts';
import { readField } from '../query/traceql/read-field.ts';
import type { Store } from '../store/store.ts';
import { QueryString } from './query-string.ts';
import { searchFor } from './reading.ts';
import { readSearch, searchFields } from './search.ts';

const maxExemplars = 1000;

export function registerMetrics(app: FastifyInstance, store: Store): void {
  app.get('/metrics', async (request): Promise<MetricsResponse> => {
    const query = new QueryString(request.query, ['q', 'start', 'end', 'step', 'exemplars']);
    const asked = parseMetricsRequest({
      q: query.text('q'),
      start: query.text('start'),
      end: query.text('end'),
      step: query.text('step'),
      exemplars: query.text('exemplars') === '0' ? 0 : query.integer('exemplars', 0, maxExemplars),
    });
    return queryMetrics(searchFor(request, store), asked);
  });

  app.get('/groups', async (request): Promise<GroupsResponse> => {
    const query = new QueryString(request.query, [...searchFields, 'start', 'end', 'limit', 'by']);
    const by = readBy(query.text('by'));
    return findGroups(searchFor(request, store), parseSearch(readSearch(query)), by);
  });
}

function readBy(text: string | undefined): Field {
  if (text === undefined) {
    throw new InvalidParameter(
      'missing-by',
      'by',
      'Grouped by what? Give an attribute as in TraceQL: by=resource.service.name, for example.',
    );
  }
  return readField(text);
}
