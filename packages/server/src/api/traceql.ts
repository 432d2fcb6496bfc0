/** Queries as such: what kind one is, how it is rightly written, and the form that says the same. */
import type { TraceqlForm, TraceqlResponse } from '@sightline/wire';
import type { FastifyInstance } from 'fastify';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { assertNoFormFields, parseSearch } from '../query/search-query.ts';
import type { Query } from '../query/traceql/ast.ts';
import { formOf, queryOf } from '../query/traceql/form.ts';
import { parseQuery } from '../query/traceql/parse.ts';
import { printQuery } from '../query/traceql/print.ts';
import { QueryString } from './query-string.ts';
import { readSearch, searchFields } from './search.ts';

export function registerTraceql(app: FastifyInstance): void {
  app.get('/traceql', async (request): Promise<TraceqlResponse> => {
    const query = new QueryString(request.query, searchFields);
    const { q, ...form } = readSearch(query);
    if (q === undefined) return described(queryOfForm(form));
    assertNoFormFields(form);
    return described(parseQuery(q));
  });
}

function described(query: Query): TraceqlResponse {
  const form = query.kind === 'search' ? formOf(query) : undefined;
  return { query: printQuery(query), kind: query.kind, ...(form && { form: form as TraceqlForm }) };
}

function queryOfForm(form: ReturnType<typeof readSearch>): Query {
  parseSearch(form);
  const query = queryOf(form);
  if (query) return query;
  throw new InvalidParameter(
    'invalid-attribute',
    'attribute',
    'NaN and Infinity cannot be written in a query: leave them out.',
  );
}
