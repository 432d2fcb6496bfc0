/** What queries need of spans, read from the store: ids, times, and of attributes only those that a query names. */
import type { AnyValue, KeyValue, SpanKindNumber, StatusCodeNumber } from '@sightline/wire';
import type { ReadableStore } from '../../store/store.ts';
import type { KeyPlaces } from '../attribute-filter.ts';
import { mapHolding } from '../attribute-maps.ts';
import type { SqlParameters } from '../sql-parameters.ts';
import type { Field } from './ast.ts';
import { attributesOfRecords } from './attribute-records.ts';

export interface SpanFacts {
  traceId: string;
  spanId: string;
  /** '' for a root. */
  parentSpanId: string;
  service: string;
  name: string;
  kind: SpanKindNumber;
  status: StatusCodeNumber;
  startUnixNano: bigint;
  durationNano: bigint;
  /** Later than the start, whatever the span says. */
  endUnixNano: bigint;
  /** What follows is empty where no field asks for it. */
  statusMessage: string;
  scopeName: string;
  scopeVersion: string;
  span: ReadonlyMap<string, AnyValue>;
  resource: ReadonlyMap<string, AnyValue>;
  scope: ReadonlyMap<string, AnyValue>;
  events: { name: string; timeUnixNano: bigint; attributes: ReadonlyMap<string, AnyValue> }[];
  links: { traceId: string; spanId: string; attributes: ReadonlyMap<string, AnyValue> }[];
}

export interface FactsQuery {
  /** From `FROM` on. */
  sql: string;
  parameters: SqlParameters;
  values?: Record<string, unknown>;
  fields: readonly Field[];
  places: KeyPlaces;
  /** All attributes of spans and resources, whatever the fields. */
  wholeSpans: boolean;
}

/** A span that was sent twice is there once. */
export async function readFacts(store: ReadableStore, query: FactsQuery): Promise<SpanFacts[]> {
  const { sql, parameters, values } = query;
  const columns = Object.entries(columnsFor(query)).map(([name, value]) => `${value} AS ${name}`);
  const rows = await store.query<FactsRow>(`SELECT ${columns.join(', ')} ${sql}`, { ...parameters.values, ...values });
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const identity = `${row.t}${row.s}${row.k}${row.b}`;
    if (seen.size === seen.add(identity).size) return [];
    return [factsOf(row)];
  });
}

/** The same as one column of a SELECT that reads spans for something else. */
export interface FactsColumn {
  /** Gives JSON, and '' for a row that does not match. */
  sql: string;
  factsOf(json: string): SpanFacts;
}

/** @param matches SQL for a row of `spans` */
export function factsColumn(matches: string, query: Pick<FactsQuery, 'parameters' | 'fields' | 'places'>): FactsColumn {
  const columns = columnsFor({ ...query, wholeSpans: false });
  const names = Object.keys(columns);
  return {
    sql: `if(${matches}, formatRowNoNewline('JSONCompactEachRow', ${Object.values(columns).join(', ')}), '')`,
    factsOf(json) {
      const values = JSON.parse(json) as unknown[];
      return factsOf(Object.fromEntries(names.map((name, index) => [name, values[index]])) as unknown as FactsRow);
    },
  };
}

type Maps = 'string' | 'int' | 'double' | 'bool' | 'other';
/** Named otherwise than the columns, which conditions beside them mean. */
type AttributeColumns<Prefix extends string> = { [Type in Maps as `its_${Prefix}_${Type}`]?: Record<string, never> };

/** Short names, because they come with every row. */
interface FactsRow extends AttributeColumns<'attr'>, AttributeColumns<'resource'> {
  t: string;
  s: string;
  p: string;
  v: string;
  n: string;
  k: SpanKindNumber;
  c: StatusCodeNumber;
  b: string;
  d: string;
  e: string;
  status_message?: string;
  scope_name?: string;
  scope_version?: string;
  scope_attributes?: string;
  event_name?: string[];
  event_time?: string[];
  event_attributes?: string[];
  its_link_trace_id?: string[];
  its_link_span_id?: string[];
  link_attributes?: string[];
}

/** SQL by the name of what it gives. */
type FactsColumns = { [Name in keyof FactsRow]?: string };

const always: FactsColumns = {
  t: 'lower(hex(trace_id))',
  s: 'lower(hex(span_id))',
  p: "if(parent_span_id = unhex('0000000000000000'), '', lower(hex(parent_span_id)))",
  v: 'service_name',
  n: 'name',
  k: 'kind',
  c: 'status_code',
  b: 'start_unix_nano',
  d: 'duration_nano',
  e: 'greatest(start_unix_nano, end_unix_nano)',
};

const ofEvents: FactsColumns = {
  event_name: 'event_name',
  event_time: 'event_time',
  event_attributes: 'event_attributes',
};
const hexIds = (column: string): string => `arrayMap(id -> lower(hex(id)), ${column})`;
const ofLinks: FactsColumns = {
  its_link_trace_id: hexIds('link_trace_id'),
  its_link_span_id: hexIds('link_span_id'),
  link_attributes: 'link_attributes',
};

function columnsFor({ fields, places, parameters, wholeSpans }: Omit<FactsQuery, 'sql'>): FactsColumns {
  const columns: FactsColumns = wholeSpans ? { ...always, ...allAttributes } : { ...always };
  const keys: Record<'attr' | 'resource', Set<string>> = { attr: new Set(), resource: new Set() };
  for (const field of fields) {
    if (field.kind === 'intrinsic') Object.assign(columns, columnsOfIntrinsic(field.name));
    else if (field.scope === 'event') Object.assign(columns, ofEvents);
    else if (field.scope === 'link') Object.assign(columns, ofLinks);
    else if (field.scope === 'instrumentation') columns.scope_attributes = 'scope_attributes';
    if (field.kind !== 'attribute') continue;
    if (field.scope === 'span' || field.scope === 'any') keys.attr.add(field.name);
    if (field.scope === 'resource' || field.scope === 'any') keys.resource.add(field.name);
  }
  if (wholeSpans) return columns;
  for (const prefix of ['attr', 'resource'] as const) {
    Object.assign(columns, mapColumns(prefix, [...keys[prefix]], places, parameters));
  }
  return columns;
}

const allAttributes: FactsColumns = {
  ...Object.fromEntries(
    ['attr', 'resource']
      .flatMap((prefix) => ['string', 'int', 'double', 'bool', 'other'].map((type) => `${prefix}_${type}`))
      .map((column) => [`its_${column}`, column]),
  ),
  status_message: 'status_message',
};

function columnsOfIntrinsic(name: string): FactsColumns {
  if (name === 'span:statusMessage') return { status_message: 'status_message' };
  if (name === 'instrumentation:name') return { scope_name: 'scope_name' };
  if (name === 'instrumentation:version') return { scope_version: 'scope_version' };
  if (name.startsWith('event:')) return ofEvents;
  return name.startsWith('link:') ? ofLinks : {};
}

function mapColumns(
  prefix: 'attr' | 'resource',
  keys: string[],
  places: KeyPlaces,
  parameters: SqlParameters,
): FactsColumns {
  const scope = prefix === 'attr' ? 'span' : 'resource';
  const types = new Map<Maps, string[]>();
  for (const key of keys) {
    for (const place of places.get(key) ?? []) {
      if (place.scope === scope) types.set(place.type, [...(types.get(place.type) ?? []), key]);
    }
  }
  return Object.fromEntries(
    [...types].map(([type, ofType]) => {
      const wanted = `has(${parameters.bind('Array(String)', ofType)}, key)`;
      return [`its_${prefix}_${type}`, `mapFilter((key, value) -> ${wanted}, ${mapHolding(scope, type, ofType)})`];
    }),
  );
}

function factsOf(row: FactsRow): SpanFacts {
  return {
    traceId: row.t,
    spanId: row.s,
    parentSpanId: row.p,
    service: row.v,
    name: row.n,
    kind: row.k,
    status: row.c,
    startUnixNano: BigInt(row.b),
    durationNano: BigInt(row.d),
    endUnixNano: BigInt(row.e),
    statusMessage: row.status_message ?? '',
    scopeName: row.scope_name ?? '',
    scopeVersion: row.scope_version ?? '',
    span: attributeMap(row, 'attr'),
    resource: attributeMap(row, 'resource'),
    scope: mapOfJson(row.scope_attributes),
    events: (row.event_name ?? []).map((name, index) => ({
      name,
      timeUnixNano: BigInt(row.event_time?.[index] ?? 0),
      attributes: mapOfJson(row.event_attributes?.[index]),
    })),
    links: (row.its_link_trace_id ?? []).map((traceId, index) => ({
      traceId,
      spanId: row.its_link_span_id?.[index] ?? '',
      attributes: mapOfJson(row.link_attributes?.[index]),
    })),
  };
}

const none: ReadonlyMap<string, AnyValue> = new Map();

function attributeMap(row: FactsRow, prefix: 'attr' | 'resource'): ReadonlyMap<string, AnyValue> {
  const mapOfType = (type: Maps): Record<string, never> => row[`its_${prefix}_${type}`] ?? {};
  const attributes = attributesOfRecords({
    string: mapOfType('string'),
    int: mapOfType('int'),
    double: mapOfType('double'),
    bool: mapOfType('bool'),
    other: mapOfType('other'),
  });
  return attributes.length === 0 ? none : mapOf(attributes);
}

function mapOfJson(json: string | undefined): ReadonlyMap<string, AnyValue> {
  return json ? mapOf(JSON.parse(json) as KeyValue[]) : none;
}

function mapOf(attributes: readonly KeyValue[]): ReadonlyMap<string, AnyValue> {
  return new Map(attributes.map(({ key, value }) => [key, value]));
}
