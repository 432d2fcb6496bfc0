import type { DependenciesResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import type { Dependencies } from '../query/dependencies.ts';
import { parseTimeRange } from '../query/time-range.ts';
import type { Store } from '../store/store.ts';
import { QueryString } from './query-string.ts';
import { searchFor } from './reading.ts';

export function registerDependencies(
  app: FastifyInstance,
  store: Store,
  dependencies: Pick<Dependencies, 'find'>,
): void {
  app.get('/dependencies', async (request): Promise<DependenciesResponse> => {
    const query = new QueryString(request.query, ['start', 'end']);
    return dependencies.find(searchFor(request, store), parseTimeRange(query.text('start'), query.text('end')));
  });
}
