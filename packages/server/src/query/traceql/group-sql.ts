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
  const values = valuesOf(field, context).map((value, index) => ({ value, name: `${prefix}_${index}` }));
  return {
    columns: values.map(({ value, name }) => ({ sql: columnOf(value), name })),
    readValue(row) {
      for (const { value, name } of values) {
        const found = row[name];
        if (found !== null && found !== undefined && found !== value.absent) return typedValue(value.type, found);
      }
      return undefined;
    },
  };
}

function columnOf({ sql, present, absent, type, map }: SqlValue): string {
  // Arrays and maps, as JSON.
  const value = type === 'unknown' && map === undefined ? 'NULL' : sql;
  return absent === undefined && present ? `if(${present}, ${value}, NULL)` : value;
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
