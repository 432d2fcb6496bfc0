/** Keys that a query can use, by scope. */

import { findAttributeKeys } from '../../query/attributes.ts';
import type { ReadableStore } from '../../store/store.ts';
import { QueryString } from '../query-string.ts';

export interface TagScope {
  name: string;
  tags: string[];
}

const known = ['scope', 'start', 'end', 'limit', 'q'];
const scopeNames = ['resource', 'span', 'intrinsic', 'event', 'link', 'instrumentation', 'none'] as const;
const most = 10_000;

/** What every span has, by the names of TraceQL. */
const intrinsics = [
  'duration',
  'event:name',
  'event:timeSinceStart',
  'instrumentation:name',
  'instrumentation:version',
  'kind',
  'name',
  'rootName',
  'rootServiceName',
  'span:duration',
  'span:kind',
  'span:name',
  'span:status',
  'span:statusMessage',
  'status',
  'statusMessage',
  'trace:duration',
  'trace:rootName',
  'trace:rootService',
  'traceDuration',
];

/** @throws InvalidParameter */
export async function tagScopes(store: ReadableStore, asked: unknown): Promise<TagScope[]> {
  const query = QueryString.lenient(asked, known);
  const scope = query.oneOf('scope', scopeNames);
  const keys = await findAttributeKeys(store, { limit: query.integer('limit', most, most) });
  const tagsOf = (name: string): string[] =>
    [...new Set(keys.filter((found) => found.scope === name).map(({ key }) => key))].sort();
  const all: TagScope[] = [
    { name: 'resource', tags: tagsOf('resource') },
    { name: 'span', tags: tagsOf('span') },
    { name: 'intrinsic', tags: intrinsics },
  ];
  return all.filter(({ name }) => scope === undefined || scope === 'none' || scope === name);
}

/** The older form: keys without their scope, and without what every span has unless that is asked for. */
export async function tagNames(store: ReadableStore, asked: unknown): Promise<string[]> {
  const isIntrinsicAsked = QueryString.lenient(asked, known).text('scope') === 'intrinsic';
  const scopes = await tagScopes(store, asked);
  const wanted = scopes.filter(({ name }) => name !== 'intrinsic' || isIntrinsicAsked);
  return [...new Set(wanted.flatMap(({ tags }) => tags))].sort();
}
