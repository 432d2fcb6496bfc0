/** Queries as such: what kind one is, and how it is rightly written. */
import type { TraceqlResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { parseQuery } from '../query/traceql/parse.ts';
import { printQuery } from '../query/traceql/print.ts';
import { QueryString } from './query-string.ts';

export function registerTraceql(app: FastifyInstance): void {
  app.get('/traceql', async (request): Promise<TraceqlResponse> => {
    const q = new QueryString(request.query, ['q']).text('q');
    if (q === undefined) {
      throw new InvalidParameter('missing-query', 'q', 'Which query? Give one: q={ status = error }, for example.');
    }
    const query = parseQuery(q);
    return { query: printQuery(query), kind: query.kind };
  });
}
