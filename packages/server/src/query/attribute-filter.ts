/**
 * `key=value` as a condition on a span. Attributes are stored by type, each type in a map of its own,
 * and a search does not say the type: `http.response.status_code=500` means the integer, `=true`
 * the boolean or the string. So the text is compared with every type that it can be read as, on
 * the span and on its resource, but only where the key has ever been seen: a condition
 * on a map that cannot match would keep ClickHouse from using the index of one that can.
 */
import type { AttributeScope, AttributeType } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { mapHolding, mayHold } from './attribute-maps.ts';
import { InvalidParameter } from './invalid-parameter.ts';
import type { SqlParameters } from './sql-parameters.ts';
import { oneThread } from './threads.ts';

export interface AttributeFilter {
  key: string;
  value: string;
  /** Both, where not given. */
  scope?: AttributeScope;
}

/** Where a key has been seen. */
export type KeyPlaces = Map<string, { scope: AttributeScope; type: AttributeType }[]>;

/** So long a new type of a known key is not looked for; a new key is at once. */
const placesAgeMs = 1000;

/** `key=value`, `span.key=value`, `resource.key=value`; the value may hold further `=`. */
export function parseAttributeFilter(text: string): AttributeFilter {
  const [, scope, key = '', value = ''] = /^(?:(span|resource)\.)?([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === '') {
    throw new InvalidParameter(
      'invalid-attribute',
      'attribute',
      `attribute=${JSON.stringify(text)} is not a condition: give key=value, for example http.response.status_code=500.`,
    );
  }
  return { key, value, ...(scope ? { scope: scope as AttributeScope } : {}) };
}

export async function findKeyPlaces(store: ReadableStore, keys: readonly string[]): Promise<KeyPlaces> {
  const wanted = [...new Set(keys)].sort();
  if (wanted.length === 0) return new Map();
  // Several questions of one page ask for the same.
  return store.recall(
    `places ${JSON.stringify(wanted)}`,
    placesAgeMs,
    (any) => readPlaces(any, wanted),
    (places) => wanted.every((key) => places.has(key)),
  );
}

async function readPlaces(store: ReadableStore, keys: readonly string[]): Promise<KeyPlaces> {
  const rows = await store.query<{ key: string; scope: AttributeScope; type: AttributeType }>(
    `SELECT DISTINCT key, scope, type FROM attribute_keys WHERE key IN ({keys:Array(String)}) ORDER BY key, scope, type
     ${oneThread}`,
    { keys },
  );
  const places: KeyPlaces = new Map();
  for (const { key, scope, type } of rows) places.set(key, [...(places.get(key) ?? []), { scope, type }]);
  return places;
}

/** @returns SQL of type Bool */
export function attributeCondition(filter: AttributeFilter, places: KeyPlaces, parameters: SqlParameters): string {
  const alternatives = (places.get(filter.key) ?? [])
    .filter(({ scope }) => filter.scope === undefined || filter.scope === scope)
    .map(({ scope, type }) => compare(scope, type, filter, parameters))
    .filter((sql) => sql !== undefined);
  return alternatives.length === 0 ? 'false' : `(${alternatives.join(' OR ')})`;
}

/**
 * A map answers a missing key with its type's zero, so a search for that value asks for the key too.
 * @returns undefined where the value cannot be of the type
 */
function compare(
  scope: AttributeScope,
  type: AttributeType,
  { key, value }: AttributeFilter,
  parameters: SqlParameters,
): string | undefined {
  const column = mapHolding(scope, type, [key]);
  const keySql = parameters.bind('String', key);
  const present = `mapContains(${column}, ${keySql})`;
  const equals = (sqlType: string, bound: unknown, isZero: boolean): string => {
    const sql = `${column}[${keySql}] = ${parameters.bind(sqlType, bound)}`;
    return isZero ? `(${present} AND ${sql})` : sql;
  };
  switch (type) {
    case 'string': {
      const sql = equals('String', value, value === '');
      return value === '' ? sql : `(${mayHold(column, parameters.bind('String', value))} AND ${sql})`;
    }
    case 'int':
      return isInt64(value) ? equals('Int64', BigInt(value).toString(), BigInt(value) === 0n) : undefined;
    case 'double':
      if (value === 'NaN') return `isNaN(${column}[${keySql}])`;
      if (/^-?Infinity$/.test(value)) return `${column}[${keySql}] = ${value.replace('Infinity', 'inf')}`;
      return isDouble(value) ? equals('Float64', String(Number(value)), Number(value) === 0) : undefined;
    case 'bool':
      return value === 'true' || value === 'false' ? equals('Bool', value === 'true', value === 'false') : undefined;
    case 'other':
      return undefined;
  }
}

export function isInt64(text: string): boolean {
  return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
}

export function isDouble(text: string): boolean {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text));
}
