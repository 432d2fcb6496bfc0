/** Attribute keys that have been seen: all, as they were counted when they came in, or those of spans that a search matches. */
import type {
  AttributeKeyInfo,
  AttributeKeysResponse,
  AttributePlace,
  AttributeScope,
  AttributeType,
} from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { jsonColumns, jsonTypeSql } from './field-items.ts';
import { countNewest, type ItemsSql, sampleOf } from './newest-spans.ts';
import { prepareSearch } from './prepare-search.ts';
import type { SearchQuery } from './search-query.ts';
import { startsWithSql } from './services.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { TimeRange } from './time-range.ts';

export interface AttributeKeyFilter {
  service?: string;
  prefix?: string;
  /** All, where not given. */
  scopes?: readonly AttributeScope[];
  range?: Partial<TimeRange>;
  limit: number;
}

/** Counted in whole days, by when the spans were received. Most frequent first. */
export async function findAttributeKeys(store: ReadableStore, filter: AttributeKeyFilter): Promise<AttributeKeyInfo[]> {
  const parameters = new SqlParameters();
  const all = [inDays(filter.range ?? {}, parameters)];
  if (filter.service !== undefined) all.push(`service_name = ${parameters.bind('String', filter.service)}`);
  if (filter.scopes) all.push(`scope IN (${parameters.bind('Array(String)', filter.scopes)})`);
  if (filter.prefix) all.push(startsWithSql('key', parameters.bind('String', filter.prefix)));
  const rows = await store.query<{ scope: AttributeScope; key: string; type: AttributeType; spanCount: string }>(
    `SELECT scope, key, type, sum(span_count) AS spanCount FROM attribute_keys WHERE ${all.join(' AND ')}
     GROUP BY scope, key, type ORDER BY spanCount DESC, key, scope, type LIMIT ${parameters.bind('UInt32', filter.limit)}`,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, spanCount: Number(row.spanCount) }));
}

const dayNano = 86_400_000_000_000n;
const lastDay = 65_535n;

function inDays({ startUnixNano, endUnixNano }: Partial<TimeRange>, parameters: SqlParameters): string {
  const day = (unixNano: bigint): string => {
    const days = unixNano / dayNano;
    return `toDate(${parameters.bind('UInt16', days < lastDay ? days : lastDay)})`;
  };
  const all: string[] = [];
  if (startUnixNano !== undefined) all.push(`received_day >= ${day(startUnixNano)}`);
  if (endUnixNano !== undefined) all.push(`received_day <= ${day(endUnixNano)}`);
  return all.length === 0 ? 'true' : all.join(' AND ');
}

export const attributePlaces: readonly AttributePlace[] = ['span', 'resource', 'event', 'link', 'instrumentation'];

export interface MatchedKeyFilter {
  prefix?: string;
  places: readonly AttributePlace[];
  limit: number;
}

/**
 * Of the spans that the search matches, most frequent first. Where it asks for a service at most, keys of spans and
 * resources are those counted in `days`, and others are those of the newest minutes; where it asks for more, all are counted in a
 * sample of the newest spans.
 */
export async function findMatchedKeys(
  store: ReadableStore,
  query: SearchQuery,
  filter: MatchedKeyFilter,
  days: Partial<TimeRange> = query.range,
): Promise<AttributeKeysResponse> {
  if (isNarrowed(query)) return sampledKeys(store, query, filter);
  const all = await recalledKeys(store, query, filter.places, days);
  if (all.length === mostKeys) return { attributes: await keysOfAny(store, query, filter, days) };
  const begins = (filter.prefix ?? '').toLowerCase();
  return { attributes: all.filter(({ key }) => key.toLowerCase().startsWith(begins)).slice(0, filter.limit) };
}

/** Somebody types a key: each letter is a question. */
const recalledMs = 5000;
/** So many keys are looked through here; of more, ClickHouse gives those that begin as asked. */
const mostKeys = 10_000;

function recalledKeys(
  store: ReadableStore,
  query: SearchQuery,
  places: readonly AttributePlace[],
  days: Partial<TimeRange>,
): Promise<AttributeKeyInfo[]> {
  const minutes = [days.startUnixNano, days.endUnixNano, query.range.startUnixNano, query.range.endUnixNano].map(
    (time) => (time === undefined ? undefined : String(time / minuteNano)),
  );
  const question = `keys ${JSON.stringify([places, query.conditions.service, minutes])}`;
  return store.recall(question, recalledMs, (any) => keysOfAny(any, query, { places, limit: mostKeys }, days));
}

/** Of all spans, or a service's. */
async function keysOfAny(
  store: ReadableStore,
  query: SearchQuery,
  filter: MatchedKeyFilter,
  days: Partial<TimeRange>,
): Promise<AttributeKeyInfo[]> {
  const { service } = query.conditions;
  const scopes = filter.places.filter(isCounted);
  const [counted, sampled] = await Promise.all([
    findAttributeKeys(store, { ...filter, scopes, range: days, ...(service !== undefined && { service }) }),
    sampledKeys(store, query, { ...filter, places: filter.places.filter((place) => !isCounted(place)) }),
  ]);
  return [...counted, ...sampled.attributes].slice(0, filter.limit);
}

const minuteNano = 60_000_000_000n;

function isCounted(place: AttributePlace): place is AttributeScope {
  return place === 'span' || place === 'resource';
}

function isNarrowed({ traceql, conditions: { service: _, attributes, ...others } }: SearchQuery): boolean {
  return traceql !== undefined || attributes.length > 0 || Object.keys(others).length > 0;
}

async function sampledKeys(
  store: ReadableStore,
  query: SearchQuery,
  { prefix, places, limit }: MatchedKeyFilter,
): Promise<AttributeKeysResponse> {
  if (places.length === 0) return { attributes: [] };
  const search = await prepareSearch(store, query);
  const begins = prefix && startsWithSql('item.2', search.parameters.bind('String', prefix));
  const found = await countNewest(search, { ...keysSql(places, begins), isOfNewest: !isNarrowed(query) });
  const attributes = found.items.slice(0, limit).map(({ item: [place, key = '', type], spanCount }) => ({
    scope: place as AttributePlace,
    key,
    type: type as AttributeType,
    spanCount,
  }));
  return { attributes, sample: sampleOf(found) };
}

const enoughSpans = 2000;

/** Items are (place, key, type). */
function keysSql(places: readonly AttributePlace[], begins: string | undefined): ItemsSql {
  const all = places.map(keysIn);
  const items = `arrayDistinct(arrayConcat(${all.map((each) => each.items).join(', ')}))`;
  return {
    items: begins ? `arrayFilter(item -> ${begins}, ${items})` : items,
    present: `(${all.map(({ present }) => present).join(' OR ')})`,
    enough: enoughSpans,
  };
}

const types: readonly AttributeType[] = ['string', 'int', 'double', 'bool', 'other'];

function keysIn(place: AttributePlace): Pick<ItemsSql, 'items' | 'present'> {
  if (place === 'span' || place === 'resource') {
    const column = place === 'span' ? 'attr' : 'resource';
    const keys = types.map(
      (type) => `arrayMap(key -> ('${place}', toString(key), '${type}'), mapKeys(${column}_${type}))`,
    );
    return { items: `arrayConcat(${keys.join(', ')})`, present: 'true' };
  }
  const { attributes, present } = jsonColumns[place];
  return {
    items: `arrayMap(attribute -> ('${place}', JSONExtractString(attribute, 'key'), ${jsonTypeSql}), ${attributes})`,
    present,
  };
}
