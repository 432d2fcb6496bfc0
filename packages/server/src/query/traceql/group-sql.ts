/** Fields to group by, in SQL: a column for each type that a field has been seen with, and back from these to its value. */
import type { SpanKindNumber, StatusCodeNumber } from '@sightline/wire';
import type { Field } from './ast.ts';
import { fromAnyValue, kindNames, statusNames, type Value } from './span-values.ts';
import { type SqlContext, type SqlType, type SqlValue, valuesOf } from './value-sql.ts';

export type GroupRow = Record<string, string | number | boolean | null>;

export interface GroupSql {
  /** For the SELECT, with their names; all of them are grouped by. */
  columns: { sql: string; name: string }[];
  readValue(row: GroupRow): Value | undefined;
}

/** @param prefix of the columns' names */
export function groupSql(field: Field, prefix: string, context: SqlContext): GroupSql {
  const values = valuesOf(field, context);
  const types = [...new Set(values.map(({ type }) => type))].map((type, index) => ({
    type,
    name: `${prefix}_${index}`,
  }));
  const absent = values.length === 1 ? values[0]?.absent : undefined;
  return {
    columns: types.map(({ type, name }) => ({ sql: columnOf(type, values), name })),
    readValue(row) {
      for (const { type, name } of types) {
        const found = row[name];
        if (found !== null && found !== undefined && found !== absent) return typedValue(type, found);
      }
      return undefined;
    },
  };
}

/** Of all alternatives, of which the first that is present counts, the value where it is of that type: whichever has it, a value is one group. */
function columnOf(type: SqlType, values: readonly SqlValue[]): string {
  const [only] = values;
  if (only && values.length === 1 && (only.absent !== undefined || only.present === '')) return cellOf(only);
  const cases = values.map((value) => `${value.present || 'true'}, ${value.type === type ? cellOf(value) : 'NULL'}, `);
  return `multiIf(${cases.join('')}NULL)`;
}

/** Arrays and maps, as JSON. */
function cellOf({ type, sql, map }: SqlValue): string {
  return type === 'unknown' && map === undefined ? 'NULL' : sql;
}

export function typedValue(type: SqlType, found: string | number | boolean): Value | undefined {
  switch (type) {
    case 'string':
      return { type, value: String(found) };
    case 'bool':
      return { type, value: found === true };
    case 'int':
    case 'duration':
      return { type, value: BigInt(found) };
    case 'float':
      return { type, value: readFloat(found) };
    case 'status':
      return { type, value: statusNames[Number(found) as StatusCodeNumber] };
    case 'kind':
      return { type, value: kindNames[Number(found) as SpanKindNumber] };
    case 'unknown':
      return fromAnyValue(JSON.parse(String(found)))[0];
  }
}

/** ClickHouse writes `nan`, `inf` and `-inf`. */
function readFloat(found: string | number | boolean): number {
  return Number(String(found).replace('nan', 'NaN').replace('inf', 'Infinity'));
}
