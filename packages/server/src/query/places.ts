/**
 * What spans are under: a resource and a scope. There are few, the same ones in most traces, and to read them takes as long as
 * to read all else that most spans have: a span says by `place_hash` which it is under, and what that is is remembered.
 */
import type { ResourceSpans, ScopeSpans } from '@sightline/wire';
import { type Block, type Column, type LongColumn, type ReadableStore, RecentMap } from '../store/store.ts';
import { type AttributeColumns, resourceAttributesOf } from './span-attributes.ts';
import { attributesFromJson } from './span-row.ts';

/** One and the same for all who ask: nobody changes what is in it. */
export interface Place {
  resource: Omit<ResourceSpans, 'scopeSpans'>;
  /** The resource's JSON. */
  resourceText: string;
  scope: Omit<ScopeSpans, 'spans'>;
  scopeText: string;
}

interface PlaceColumns extends AttributeColumns<'resource'> {
  place_hash: LongColumn;
  resource_dropped: Column<number>;
  resource_schema_url: Column<string>;
  scope_name: Column<string>;
  scope_version: Column<string>;
  scope_attributes: Column<string>;
  scope_dropped: Column<number>;
  scope_schema_url: Column<string>;
}

/** For a SELECT that gives `PlaceColumns`. */
const placeColumns = `
  place_hash, resource_string, resource_int, resource_double, resource_bool, resource_other, resource_dropped, resource_schema_url,
  scope_name, scope_version, scope_attributes, scope_dropped, scope_schema_url`;

/** Some kilobytes each: those of a few hundred services. */
const mostKnown = 2000;

/**
 * Of each row of each block, in order; undefined for a span that was deleted since its row was read.
 * @param condition SQL with which the rows were read, and the `values` of its parameters
 */
export async function placesOf(
  store: ReadableStore,
  blocks: readonly Block<{ place_hash: LongColumn }>[],
  condition: string,
  values: Readonly<Record<string, unknown>>,
): Promise<(Place | undefined)[][]> {
  const hashes = blocks.map(hashesOf);
  const known = await knownPlaces(store);
  const places = new Map([...new Set(hashes.flat())].map((hash) => [hash, known.get(hash)]));
  const unknown = [...places.keys()].filter((hash) => !places.get(hash));
  const read = unknown.length > 0 ? await readPlaces(store, unknown, condition, values) : [];
  for (const [hash, place] of read) {
    places.set(hash, place);
    known.set(hash, place);
  }
  return hashes.map((ofBlock) => ofBlock.map((hash) => places.get(hash)));
}

function hashesOf({ columns: { place_hash }, rowCount }: Block<{ place_hash: LongColumn }>): string[] {
  const hashes: string[] = [];
  for (let row = 0; row < rowCount; row++) {
    const isLikeLast = row > 0 && place_hash.isSame(row, row - 1);
    hashes.push(isLikeLast ? (hashes[row - 1] as string) : place_hash.at(row));
  }
  return hashes;
}

function knownPlaces(store: ReadableStore): Promise<RecentMap<string, Place>> {
  return store.recall('places', Number.POSITIVE_INFINITY, async () => new RecentMap(mostKnown));
}

async function readPlaces(
  store: ReadableStore,
  hashes: readonly string[],
  condition: string,
  values: Readonly<Record<string, unknown>>,
): Promise<[hash: string, Place][]> {
  const blocks = await store.queryBlocks<PlaceColumns>(
    `SELECT ${placeColumns} FROM spans PREWHERE ${condition} AND place_hash IN {placeHashes:Array(UInt64)} LIMIT 1 BY place_hash`,
    { ...values, placeHashes: hashes.map(BigInt) },
  );
  return blocks.flatMap(({ columns, rowCount }) =>
    Array.from({ length: rowCount }, (_, row): [string, Place] => [columns.place_hash.at(row), placeOf(columns, row)]),
  );
}

function placeOf(columns: PlaceColumns, row: number): Place {
  const resource = resourceOf(columns, row);
  const scope = scopeOf(columns, row);
  return { resource, resourceText: JSON.stringify(resource), scope, scopeText: JSON.stringify(scope) };
}

function resourceOf(columns: PlaceColumns, row: number): Place['resource'] {
  const dropped = columns.resource_dropped.at(row);
  const schemaUrl = columns.resource_schema_url.at(row);
  return {
    resource: {
      attributes: resourceAttributesOf(columns, row),
      ...(dropped ? { droppedAttributesCount: dropped } : {}),
    },
    ...(schemaUrl ? { schemaUrl } : {}),
  };
}

function scopeOf(columns: PlaceColumns, row: number): Place['scope'] {
  const name = columns.scope_name.at(row);
  const version = columns.scope_version.at(row);
  const dropped = columns.scope_dropped.at(row);
  const schemaUrl = columns.scope_schema_url.at(row);
  const scope = {
    ...(name ? { name } : {}),
    ...(version ? { version } : {}),
    ...attributesFromJson(columns.scope_attributes.at(row)),
    ...(dropped ? { droppedAttributesCount: dropped } : {}),
  };
  return { ...(Object.keys(scope).length > 0 ? { scope } : {}), ...(schemaUrl ? { schemaUrl } : {}) };
}
