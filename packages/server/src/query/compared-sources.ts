/** Where `compare` finds what it counts: SQL for rows of (…sides, key, text, spanCount). */
import type { Search } from './prepare-search.ts';
import { before } from './time-range.ts';
import type { SqlType } from './traceql/value-sql.ts';

export interface ComparedSource {
  /** In front of each key. */
  scope: 'span.' | 'resource.' | '';
  /** Of a key's values. */
  typeOf(key: string): SqlType;
  /** @param sides SQL with names, of a row of `spans`, by which is counted: `… AS isSelected`, and what else there is */
  rows(search: Search, sides: readonly string[]): string;
}

const maps = { string: 'string', int: 'int', double: 'float', bool: 'bool' } as const;

/** What each span has. */
const columns: ComparedSource = {
  scope: '',
  typeOf: (key) => (key === 'status' || key === 'kind' ? key : 'string'),
  rows: (search, sides) => `SELECT ${namesOf(sides)}, pair.1 AS key, pair.2 AS text, spanCount
    FROM (
      SELECT ${sides.join(', ')}, name, status_message, status_code, kind, count() AS spanCount ${from(search)}
      GROUP BY ${namesOf(sides)}, name, status_message, status_code, kind
    ) ARRAY JOIN [('name', toString(name)), ('statusMessage', status_message), ('status', toString(status_code)), ('kind', toString(kind))] AS pair`,
};

/** What a span may have, by the scope and type of its value. */
const attributes: ComparedSource[] = (['span', 'resource'] as const).flatMap((scope) =>
  Object.entries(maps).map(([map, type]) => ({
    scope: `${scope}.` as const,
    typeOf: () => type,
    rows: (search, sides) => {
      const column = `${scope === 'span' ? 'attr' : scope}_${map}`;
      return `SELECT ${namesOf(sides)}, key, toString(value) AS text, 1 AS spanCount
        FROM (SELECT ${sides.join(', ')}, mapKeys(${column}) AS keys, mapValues(${column}) AS values ${from(search)})
        ARRAY JOIN keys AS key, values AS value`;
    },
  })),
);

/** All that a span has by itself. */
export const ownSources: readonly ComparedSource[] = [columns, ...attributes];

/** How far before its trace's other spans a root may have started, or after them. */
const reachNano = 3_600_000_000_000n;

/** By the last byte of their ids, which is random. */
const isInPart = 'reinterpretAsUInt8(substring(trace_id, 16, 1)) % {parts:UInt16} = {part:UInt16}';

export const rootType: SqlType = 'string';

/** FROM and PREWHERE: of the traces that may be looked at, and some others. */
export function rootsSql({ parameters, snapshot: { range } }: Search): string {
  const start = parameters.bind('UInt64', before(range.startUnixNano, reachNano));
  const end = parameters.bind('UInt64', range.endUnixNano + reachNano);
  return `FROM spans PREWHERE start_unix_nano BETWEEN ${start} AND ${end} AND parent_span_id = unhex('0000000000000000')`;
}

/** @param roots `rootsSql` @returns rows of one part of the traces: `parts` and `part` are bound by whoever asks */
export function rootRows(search: Search, roots: string, sides: readonly string[]): string {
  return `SELECT ${namesOf(sides)}, pair.1 AS key, pair.2 AS text, spanCount
    FROM (
      SELECT trace_id, ${sides.join(', ')}, count() AS spanCount ${from(search)} AND ${isInPart} GROUP BY trace_id, ${namesOf(sides)}
    ) AS counted
    INNER JOIN (
      SELECT trace_id, argMin((toString(name), toString(service_name)), (start_unix_nano, span_id, kind)) AS root
      ${roots} AND ${isInPart} GROUP BY trace_id
    ) AS roots USING (trace_id)
    ARRAY JOIN [('rootName', root.1), ('rootServiceName', root.2)] AS pair`;
}

function from({ columns: ofColumns, attributes: ofAttributes }: Search): string {
  return `FROM spans PREWHERE ${ofColumns} WHERE ${ofAttributes}`;
}

function namesOf(sides: readonly string[]): string {
  return sides.map((side) => side.slice(side.lastIndexOf(' ') + 1)).join(', ');
}
