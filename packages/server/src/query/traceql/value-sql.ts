/**
 * What a field of a span stands for, in SQL over a row of `spans`. Attributes have no declared type: each is kept in the map of
 * its value's type, so a field is a list of alternatives, of which one is present on a row, or two where no scope is named. Only where a
 * key has ever been seen there is an alternative (`KeyPlaces`), which for most keys leaves one.
 */
import type { KeyPlaces } from '../attribute-filter.ts';
import { mapHolding } from '../attribute-maps.ts';
import type { SqlParameters } from '../sql-parameters.ts';
import type { Attribute, Field, Intrinsic, IntrinsicName } from './ast.ts';

/** `unknown`: a value that only the evaluation of a whole trace can tell. */
export type SqlType = 'string' | 'int' | 'float' | 'bool' | 'duration' | 'status' | 'kind' | 'unknown';

export interface SqlValue {
  type: SqlType;
  sql: string;
  /** SQL that is true where the row has this value; '' where each has. */
  present: string;
  /** The map that it is read from: slower than a column, and with an index of its values. */
  map?: string;
  /** What a row without the value has in its place is never equal to another than zero, so `present` may be left out then. */
  zeroWhereAbsent?: true;
  /** What stands in the column where the value is absent. */
  absent?: string;
  /** An array of values, each of which counts. */
  isList?: true;
}

export interface SqlContext {
  places: KeyPlaces;
  parameters: SqlParameters;
}

const noServiceName = '(no service.name)';

export function valuesOf(field: Field, context: SqlContext): SqlValue[] {
  return field.kind === 'intrinsic' ? [intrinsicValue(field)] : attributeValues(field, context);
}

const unknown: SqlValue = { type: 'unknown', sql: '', present: 'true' };

function always(type: SqlType, sql: string): SqlValue {
  return { type, sql, present: '' };
}

function listOf(type: SqlType, sql: string): SqlValue {
  return { type, sql, present: `notEmpty(${sql})`, isList: true };
}

const intrinsics: Partial<Record<IntrinsicName, SqlValue>> = {
  'span:name': always('string', 'name'),
  'span:status': always('status', 'status_code'),
  'span:statusMessage': always('string', 'status_message'),
  'span:kind': always('kind', 'kind'),
  'span:duration': always('duration', 'duration_nano'),
  'span:id': always('string', 'lower(hex(span_id))'),
  'span:parentID': {
    type: 'string',
    sql: 'lower(hex(parent_span_id))',
    present: "(parent_span_id != unhex('0000000000000000'))",
  },
  'trace:id': always('string', 'lower(hex(trace_id))'),
  'instrumentation:name': always('string', 'scope_name'),
  'instrumentation:version': always('string', 'scope_version'),
  'event:name': listOf('string', 'event_name'),
  'link:traceID': listOf('string', 'arrayMap(id -> lower(hex(id)), link_trace_id)'),
  'link:spanID': listOf('string', 'arrayMap(id -> lower(hex(id)), link_span_id)'),
};

function intrinsicValue({ name }: Intrinsic): SqlValue {
  return intrinsics[name] ?? unknown;
}

function attributeValues(attribute: Attribute, context: SqlContext): SqlValue[] {
  if (attribute.parent) return [unknown];
  switch (attribute.scope) {
    case 'span':
    case 'resource':
      return scopedValues(attribute.scope, attribute.name, context);
    case 'any':
      return [...scopedValues('span', attribute.name, context), ...scopedValues('resource', attribute.name, context)];
    case 'event':
      return [ofAny('event_attributes', attribute.name, context)];
    case 'link':
      return [ofAny('link_attributes', attribute.name, context)];
    case 'instrumentation':
      return [{ ...unknown, present: hasKey('scope_attributes', attribute.name, context) }];
  }
}

function ofAny(column: string, key: string, context: SqlContext): SqlValue {
  return { ...unknown, present: `arrayExists(json -> ${hasKey('json', key, context)}, ${column})` };
}

/** Of attributes as the encoder writes them: what is nested in another value may have the key too. */
function hasKey(json: string, key: string, { parameters }: SqlContext): string {
  return `(position(${json}, ${parameters.bind('String', `"key":${JSON.stringify(key)},`)}) > 0)`;
}

const sqlTypes = { string: 'string', int: 'int', double: 'float', bool: 'bool', other: 'unknown' } as const;

function scopedValues(scope: 'span' | 'resource', key: string, { places, parameters }: SqlContext): SqlValue[] {
  const types = (places.get(key) ?? []).filter((place) => place.scope === scope).map(({ type }) => type);
  if (types.length === 0) return [];
  const bound = parameters.bind('String', key);
  return types.map((type): SqlValue => {
    if (scope === 'resource' && key === 'service.name' && type === 'string') {
      return {
        type: 'string',
        sql: 'service_name',
        present: `(service_name != '${noServiceName}')`,
        absent: noServiceName,
      };
    }
    const map = mapHolding(scope, type, [key]);
    const contains = `mapContains(${map}, ${bound})`;
    // OTLP's empty value is none.
    const present = type === 'other' ? `(${contains} AND ${map}[${bound}] != '{}')` : contains;
    return { type: sqlTypes[type], sql: `${map}[${bound}]`, present, map, zeroWhereAbsent: true };
  });
}
