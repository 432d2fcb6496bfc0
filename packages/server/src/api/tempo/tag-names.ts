/** Keys that a query can use, by scope. */
import type { AttributeKeyInfo, AttributePlace } from '@sightline/wire';
import { attributePlaces, findMatchedKeys } from '../../query/attributes.ts';
import type { ReadableStore } from '../../store/store.ts';
import { QueryString } from '../query-string.ts';
import { completionSearch } from './completion-search.ts';

export interface TagScope {
  name: string;
  tags: string[];
}

const known = ['scope', 'start', 'end', 'since', 'limit', 'q'];
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
  const isWanted = (name: string): boolean => scope === undefined || scope === 'none' || scope === name;
  const places = attributePlaces.filter(isWanted);
  const limit = query.integer('limit', most, most);
  const allDays = {};
  const { attributes } = await findMatchedKeys(store, completionSearch(query), { places, limit }, allDays);
  const all: TagScope[] = places.map((place) => ({ name: place, tags: tagsAt(place, attributes) }));
  return isWanted('intrinsic') ? [...all, { name: 'intrinsic', tags: intrinsics }] : all;
}

function tagsAt(place: AttributePlace, attributes: readonly AttributeKeyInfo[]): string[] {
  return [...new Set(attributes.filter(({ scope }) => scope === place).map(({ key }) => key))].sort();
}

/** The older form: keys without their scope, and without what every span has unless that is asked for. */
export async function tagNames(store: ReadableStore, asked: unknown): Promise<string[]> {
  const isIntrinsicAsked = QueryString.lenient(asked, known).text('scope') === 'intrinsic';
  const scopes = await tagScopes(store, asked);
  const wanted = scopes.filter(({ name }) => name !== 'intrinsic' || isIntrinsicAsked);
  return [...new Set(wanted.flatMap(({ tags }) => tags))].sort();
}
