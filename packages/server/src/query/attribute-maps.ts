/** In which of a row's maps an attribute is: by its type, and by its key. */
import type { AttributeScope, AttributeType } from '@sightline/wire';

const allTexts = 'attr_string';
/** Those of `attr_string` whose key ends with "id", in upper or lower case (`idsApart` in `store/schema.ts`): found in half of the time. */
const ids = 'attr_ids';

/** @returns the smallest that has them all */
export function mapHolding(scope: AttributeScope, type: AttributeType, keys: readonly string[]): string {
  const map = `${scope === 'span' ? 'attr' : 'resource'}_${type}`;
  return map === allTexts && keys.every((key) => /[iI][dD]$/.test(key)) ? ids : map;
}

/**
 * Values are kept by number, so that `map[key] = text` asks no index: `has` does. It is for the index alone, since to ask each row takes as long again as
 * to compare the one value. Parts from before there were `ids` have a filter of all texts only.
 */
export function mayHold(map: string, textSql: string): string {
  const filtered = map === ids ? [ids, allTexts] : [map];
  return filtered.map((name) => `indexHint(has(mapValues(${name}), ${textSql}))`).join(' AND ');
}

/** Whether one is asked for, so that a condition may leave few granules. */
export function asksFilters(sql: string): boolean {
  return sql.includes('indexHint(');
}
