/** Where `compare` finds what it counts: SQL for rows of (…sides, key, text, spanCount). */
import type { Search } from './prepare-search.ts';
import { inSlice, sliceValues } from './slice-sql.ts';
import { isInPart } from './trace-parts.ts';
import type { SqlType } from './traceql/value-sql.ts';

/** By name, SQL for a row of `spans`: by which is counted. */
export type Sides = Readonly<Record<string, string>>;

export interface ComparedSource {
  /** In front of each key. */
  scope: 'span.' | 'resource.' | '';
  /** Of a key's values. */
  typeOf(key: string): SqlType;
  /** With the values of `sourceValues`. */
  rows(search: Search, sides: Sides): string;
}

const maps = { string: 'string', int: 'int', double: 'float', bool: 'bool' } as const;

/** What each span has. */
const columns: ComparedSource = {
  scope: '',
  typeOf: (key) => (key === 'status' || key === 'kind' ? key : 'string'),
  rows: (search, sides) => `SELECT ${namesOf(sides)}, pair.1 AS key, pair.2 AS text, spanCount
    FROM (
      SELECT ${named(sides)}, name, status_message, status_code, kind, count() AS spanCount ${from(search)}
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
        FROM (SELECT ${named(sides)}, mapKeys(${column}) AS keys, mapValues(${column}) AS values ${from(search)})
        ARRAY JOIN keys AS key, values AS value`;
    },
  })),
);

/** What each span has by itself. */
export const ownSources: readonly ComparedSource[] = [columns, ...attributes];

/** FROM and PREWHERE: roots of the traces that may be looked at, and of some others. With the values of `sourceValues`. */
export const fromRoots: string = `FROM spans PREWHERE ${inSlice} AND parent_span_id = unhex('0000000000000000')`;

/** The name of its trace's root, for the traces of one part (`trace-parts.ts`). */
export const roots: ComparedSource = {
  scope: '',
  typeOf: () => 'string',
  rows: (search, sides) => `SELECT ${namesOf(sides)}, pair.1 AS key, pair.2 AS text, spanCount
    FROM (
      SELECT trace_id, ${named(sides)}, count() AS spanCount ${from(search)} AND ${isInPart} GROUP BY trace_id, ${namesOf(sides)}
    ) AS counted
    INNER JOIN (
      SELECT trace_id, argMin((toString(name), toString(service_name)), (start_unix_nano, span_id, kind)) AS root
      ${fromRoots} AND ${isInPart} GROUP BY trace_id
    ) AS roots USING (trace_id)
    ARRAY JOIN [('rootName', root.1), ('rootServiceName', root.2)] AS pair`,
};

/** How far before its trace's other spans a root may have started, or after them. */
const reachNano = 3_600_000_000_000n;

export function sourceValues({ parameters, snapshot: { range } }: Search): Record<string, unknown> {
  return { ...parameters.values, ...sliceValues(range, reachNano) };
}

function from({ columns: ofColumns, attributes: ofAttributes }: Search): string {
  return `FROM spans PREWHERE ${ofColumns} WHERE ${ofAttributes}`;
}

function named(sides: Sides): string {
  return Object.entries(sides)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(', ');
}

function namesOf(sides: Sides): string {
  return Object.keys(sides).join(', ');
}
