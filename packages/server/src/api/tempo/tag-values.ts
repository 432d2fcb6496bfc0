/** Values of a field, for completion: of an attribute as TraceQL writes it, or of what every span has. */
import { findAttributeValues } from '../../query/attribute-values.ts';
import type { SearchQuery } from '../../query/search-query.ts';
import { findServices, findSpanNames } from '../../query/services.ts';
import type { TimeRange } from '../../query/time-range.ts';
import type { Attribute, Field } from '../../query/traceql/ast.ts';
import { QueryError } from '../../query/traceql/query-error.ts';
import { readField } from '../../query/traceql/read-field.ts';
import type { ReadableStore } from '../../store/store.ts';
import { QueryString } from '../query-string.ts';
import { completionSearch } from './completion-search.ts';

export interface TagValue {
  type: 'string' | 'int' | 'float' | 'bool' | 'keyword' | 'duration';
  value: string;
}

const known = ['start', 'end', 'since', 'limit', 'q'];
const most = 1000;
const types = { string: 'string', int: 'int', double: 'float', bool: 'bool', other: 'string' } as const;

const keywords: Readonly<Record<string, readonly string[]>> = {
  status: ['ok', 'error', 'unset'],
  kind: ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'],
};

/** @param tag `resource.service.name`, `.http.route`, `name`, `span:status`, … @throws InvalidParameter */
export async function tagValues(store: ReadableStore, tag: string, asked: unknown): Promise<TagValue[]> {
  const query = QueryString.lenient(asked, known);
  const search = completionSearch(query);
  const limit = Math.min(most, query.integer('limit', most, 1_000_000));
  const name = tag.replace(/^(span|trace):/, '');
  const words = keywords[name];
  if (words) return words.map((value) => ({ type: 'keyword', value }));
  return (
    (!search.traceql && (await countedNames(store, name, search.range, limit))) || sampled(store, tag, search, limit)
  );
}

/** What is counted as it comes in: all of it is listed. */
async function countedNames(
  store: ReadableStore,
  name: string,
  range: TimeRange,
  limit: number,
): Promise<TagValue[] | undefined> {
  if (/^((resource)?\.service\.name|rootServiceName|rootService)$/.test(name)) {
    return strings((await findServices(store, range)).map((service) => service.name));
  }
  if (name !== 'name' && name !== 'rootName') return undefined;
  return strings((await findSpanNames(store, { range, limit })).map((span) => span.name));
}

function strings(values: readonly string[]): TagValue[] {
  return [...new Set(values)].map((value) => ({ type: 'string', value }));
}

async function sampled(store: ReadableStore, tag: string, search: SearchQuery, limit: number): Promise<TagValue[]> {
  const field = fieldOf(tag);
  if (!field) return [];
  const { values } = await findAttributeValues(store, search, { field, limit });
  return values.map(({ value, type }) => ({ type: types[type], value }));
}

/** Keys come as they are, or as a query has them. @returns undefined for what is no field */
function fieldOf(tag: string): Field | undefined {
  const [, scope = '', key] = /^(span|resource|event|link|instrumentation)?\.([^"].*)$/.exec(tag) ?? [];
  if (key !== undefined)
    return { kind: 'attribute', scope: (scope || 'any') as Attribute['scope'], name: key, from: 0, to: 0 };
  try {
    return readField(tag);
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    throw error;
  }
}
