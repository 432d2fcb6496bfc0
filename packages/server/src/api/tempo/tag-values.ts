/** Values of a field, for completion: of an attribute as TraceQL writes it, or of what every span has. */
import type { AttributeScope } from '@sightline/wire';
import { findAttributeValues } from '../../query/attributes.ts';
import { findServices, findSpanNames } from '../../query/services.ts';
import { parseTimeRange, type TimeRange } from '../../query/time-range.ts';
import type { ReadableStore } from '../../store/store.ts';
import { QueryString } from '../query-string.ts';
import { readTempoTimes } from './tempo-times.ts';

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
  const { start, end } = readTempoTimes(query);
  const range = parseTimeRange(start, end);
  const limit = Math.min(most, query.integer('limit', most, 1_000_000));
  const name = tag.replace(/^(span|trace):/, '');
  const words = keywords[name];
  if (words) return words.map((value) => ({ type: 'keyword', value }));
  if (isServiceName(name)) return strings((await findServices(store, range)).map((service) => service.name));
  if (name === 'name' || name === 'rootName') {
    return strings((await findSpanNames(store, { range, limit })).map((span) => span.name));
  }
  return attributeValues(store, tag, range, limit);
}

function isServiceName(name: string): boolean {
  return /^(resource)?\.service\.name$/.test(name) || name === 'rootServiceName' || name === 'rootService';
}

function strings(values: readonly string[]): TagValue[] {
  return [...new Set(values)].map((value) => ({ type: 'string', value }));
}

async function attributeValues(
  store: ReadableStore,
  tag: string,
  range: TimeRange,
  limit: number,
): Promise<TagValue[]> {
  const [, scope = '', key] = /^(span|resource)?\.(.+)$/.exec(tag) ?? [];
  if (key === undefined) return [];
  const found = await findAttributeValues(store, {
    key: key.replace(/^"(.*)"$/, '$1'),
    ...(scope !== '' && { scope: scope as AttributeScope }),
    range,
    limit,
  });
  return found.map(({ value, type }) => ({ type: types[type], value }));
}
