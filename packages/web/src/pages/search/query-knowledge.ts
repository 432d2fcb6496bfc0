/** What the query bar knows beyond the language: names from the store, and the server's word on a query. */
import type { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/client.ts';
import {
  type AttributeQuestion,
  attributeKeysQuery,
  attributeValuesQuery,
  servicesQuery,
  spanNamesQuery,
} from '../../api/queries.ts';
import { traceQlQuery } from '../../api/traceql-queries.ts';
import type { Problem } from '../../editor/query-editor.ts';
import type { KnownNames } from '../../editor/traceql-completion.ts';
import type { TimeRange } from '../../model/time-range.ts';

/** The names of this many services are offered, the busiest. */
const askedServices = 20;

export function knownNames(client: QueryClient, range: () => TimeRange): KnownNames {
  const services = async () => {
    const answer = await client.fetchQuery(servicesQuery(range()));
    return [...answer.services].sort((a, b) => b.spanCount - a.spanCount);
  };
  return {
    services,
    keys: async (rest) => {
      const ask = (conditions: AttributeQuestion['conditions']) =>
        client.fetchQuery(attributeKeysQuery({ conditions, prefix: '', range: range() }));
      return (await narrowedIfPossible(rest, ask)).attributes;
    },
    values: async (field, prefix, rest) => {
      const ask = (conditions: AttributeQuestion['conditions']) =>
        client.fetchQuery(attributeValuesQuery({ conditions, field, prefix, range: range() }));
      return (await narrowedIfPossible(rest, ask)).values;
    },
    spanNames: async () => {
      const busiest = (await services()).slice(0, askedServices);
      const answers = await Promise.all(busiest.map(({ name }) => client.fetchQuery(spanNamesQuery(name, range()))));
      return addUp(answers.flatMap(({ spanNames }) => spanNames));
    },
  };
}

/** The rest of a query that is being typed may be none yet: then it narrows nothing. */
async function narrowedIfPossible<Answer>(
  rest: string | undefined,
  ask: (conditions: AttributeQuestion['conditions']) => Promise<Answer>,
): Promise<Answer> {
  if (rest === undefined) return ask({});
  try {
    return await ask({ q: rest });
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return ask({});
    throw error;
  }
}

function addUp(names: readonly { name: string; spanCount: number }[]): { name: string; spanCount: number }[] {
  const counts = new Map<string, number>();
  for (const { name, spanCount } of names) counts.set(name, (counts.get(name) ?? 0) + spanCount);
  return [...counts].map(([name, spanCount]) => ({ name, spanCount })).sort((a, b) => b.spanCount - a.spanCount);
}

/** Undefined where the server takes the query, or does not answer: that is no fault of the query's. */
export async function checkQuery(client: QueryClient, q: string): Promise<Problem | undefined> {
  try {
    await client.fetchQuery(traceQlQuery({ q }));
    return undefined;
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof ApiError) || error.status !== 400) return undefined;
  const { message, from, to } = error;
  return { message, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
