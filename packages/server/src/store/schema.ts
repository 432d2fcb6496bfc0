/**
 * The ClickHouse schema, as migrations: each one is applied once, in order, and never changed
 * after a release. `docs/decisions/0001-clickhouse-schema.md` has the measurements behind the
 * order, the codecs and the indexes.
 *
 * `span_names` and `attribute_keys` count what each insert into `spans` brought (`insert-spans.ts`). All are partitioned by the day on which a span was received, not by the times that
 * it carries: a program with a wrong clock must not be able to create a partition per span.
 */

/** The columns that an insert carries, in the order of `otlp-rows.ts`. */
export const spanColumns: readonly string[] = [
  'received_at',
  'trace_id',
  'span_id',
  'parent_span_id',
  'trace_state',
  'flags',
  'name',
  'kind',
  'start_unix_nano',
  'duration_nano',
  'end_before_start_nano',
  'status_code',
  'status_message',
  'attr_string',
  'attr_int',
  'attr_double',
  'attr_bool',
  'attr_other',
  'dropped_attributes',
  'event_time',
  'event_name',
  'event_attributes',
  'event_dropped',
  'dropped_events',
  'link_trace_id',
  'link_span_id',
  'link_trace_state',
  'link_attributes',
  'link_dropped',
  'link_flags',
  'dropped_links',
  'service_name',
  'resource_string',
  'resource_int',
  'resource_double',
  'resource_bool',
  'resource_other',
  'resource_dropped',
  'resource_schema_url',
  'scope_name',
  'scope_version',
  'scope_attributes',
  'scope_dropped',
  'scope_schema_url',
];

export interface Migration {
  version: number;
  statements: readonly string[];
}

/** On disk when an insert returns: the spool forgets what the store has. */
const durable = 'fsync_after_insert = 1, fsync_part_directory = 1';

/**
 * Ordered by minute and trace: what belongs together lies together, which makes ids and resources small and a trace
 * one read. Parts stay below 512 MiB, so that retention by size has parts to choose from.
 */
const spans = `
CREATE TABLE IF NOT EXISTS sightline.spans (
  received_at DateTime64(3, 'UTC') COMMENT 'begin of the spool segment that brought it; one value per insert' CODEC(DoubleDelta, ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(NONE),
  parent_span_id FixedString(8) CODEC(ZSTD(1)),
  trace_state String CODEC(ZSTD(1)),
  flags UInt32 CODEC(ZSTD(1)),
  service_name LowCardinality(String) CODEC(ZSTD(1)),
  name LowCardinality(String) CODEC(ZSTD(1)),
  kind UInt8 CODEC(ZSTD(1)),
  start_unix_nano UInt64 CODEC(Delta(8), ZSTD(1)),
  duration_nano UInt64 CODEC(T64, ZSTD(1)),
  end_before_start_nano UInt64 COMMENT 'for a span that ends before it starts; its duration is 0' CODEC(ZSTD(1)),
  end_unix_nano UInt64 ALIAS start_unix_nano + duration_nano - end_before_start_nano,
  status_code UInt8 CODEC(ZSTD(1)),
  status_message String CODEC(ZSTD(1)),
  attr_string Map(LowCardinality(String), String) CODEC(ZSTD(3)),
  attr_int Map(LowCardinality(String), Int64) CODEC(ZSTD(1)),
  attr_double Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  attr_bool Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
  attr_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  dropped_attributes UInt32 CODEC(ZSTD(1)),
  event_time Array(UInt64) CODEC(ZSTD(1)),
  event_name Array(LowCardinality(String)) CODEC(ZSTD(1)),
  event_attributes Array(String) CODEC(ZSTD(1)),
  event_dropped Array(UInt32) CODEC(ZSTD(1)),
  dropped_events UInt32 CODEC(ZSTD(1)),
  link_trace_id Array(FixedString(16)) CODEC(ZSTD(1)),
  link_span_id Array(FixedString(8)) CODEC(ZSTD(1)),
  link_trace_state Array(String) CODEC(ZSTD(1)),
  link_attributes Array(String) CODEC(ZSTD(1)),
  link_dropped Array(UInt32) CODEC(ZSTD(1)),
  link_flags Array(UInt32) CODEC(ZSTD(1)),
  dropped_links UInt32 CODEC(ZSTD(1)),
  resource_string Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(3)),
  resource_int Map(LowCardinality(String), Int64) CODEC(ZSTD(1)),
  resource_double Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  resource_bool Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
  resource_other Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  resource_dropped UInt32 CODEC(ZSTD(1)),
  resource_schema_url LowCardinality(String) CODEC(ZSTD(1)),
  scope_name LowCardinality(String) CODEC(ZSTD(1)),
  scope_version LowCardinality(String) CODEC(ZSTD(1)),
  scope_attributes String CODEC(ZSTD(1)),
  scope_dropped UInt32 CODEC(ZSTD(1)),
  scope_schema_url LowCardinality(String) CODEC(ZSTD(1)),
  INDEX trace_id_bloom trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX service_names service_name TYPE set(64) GRANULARITY 1,
  INDEX span_names name TYPE set(256) GRANULARITY 1,
  INDEX attr_string_values mapValues(attr_string) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX attr_int_values mapValues(attr_int) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX resource_string_values mapValues(resource_string) TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(received_at)
ORDER BY (intDiv(start_unix_nano, 60000000000), trace_id)
SETTINGS ${durable}, max_bytes_to_merge_at_max_space_in_pool = 536870912`;

const spanNames = `
CREATE TABLE IF NOT EXISTS sightline.span_names (
  received_day Date,
  last_received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  service_name LowCardinality(String),
  name LowCardinality(String),
  kind UInt8,
  hour_unix UInt32 COMMENT 'start of the hour in which the spans started, seconds since 1970',
  span_count SimpleAggregateFunction(sum, UInt64),
  error_count SimpleAggregateFunction(sum, UInt64),
  last_start_unix_nano SimpleAggregateFunction(max, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY received_day
ORDER BY (service_name, name, kind, hour_unix)
SETTINGS ${durable}`;

const attributeKeys = `
CREATE TABLE IF NOT EXISTS sightline.attribute_keys (
  received_day Date,
  last_received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  scope LowCardinality(String) COMMENT 'span or resource',
  service_name LowCardinality(String),
  key LowCardinality(String),
  type LowCardinality(String) COMMENT 'string, int, double, bool or other',
  span_count SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
PARTITION BY received_day
ORDER BY (scope, service_name, key, type)
SETTINGS ${durable}`;

export const migrations: readonly Migration[] = [{ version: 1, statements: [spans, spanNames, attributeKeys] }];

/** What this program reads and writes. A data directory with a higher version is refused. */
export const schemaVersion: number = migrations[migrations.length - 1]?.version ?? 0;

/** The tables that count what is in `spans`: what an insert with this `received_at` adds to each. */
export const countsOf: Readonly<Record<'span_names' | 'attribute_keys', string>> = {
  span_names: `
SELECT toDate(received_at) AS received_day, received_at AS last_received_at, service_name, name, kind,
  toUInt32(least(intDiv(start_unix_nano, 3600000000000) * 3600, 4294965600)) AS hour_unix,
  count() AS span_count, countIf(status_code = 2) AS error_count, max(start_unix_nano) AS last_start_unix_nano
FROM sightline.spans
WHERE received_at = {receivedAt}
GROUP BY received_at, service_name, name, kind, hour_unix`,
  attribute_keys: keyCounts(),
};

/** Map by map, because keys stay numbers of a dictionary so: less than half the time of one array of (scope, key, type) per span. */
function keyCounts(): string {
  const places = ['string', 'int', 'double', 'bool', 'other'].flatMap((type) => [
    { scope: 'span', column: `attr_${type}`, type },
    { scope: 'resource', column: `resource_${type}`, type },
  ]);
  return places
    .map(
      ({ scope, column, type }) => `
SELECT toDate(received_at) AS received_day, received_at AS last_received_at, '${scope}' AS scope, service_name,
  arrayJoin(mapKeys(${column})) AS key, '${type}' AS type, count() AS span_count
FROM sightline.spans
WHERE received_at = {receivedAt}
GROUP BY received_at, service_name, key`,
    )
    .join(' UNION ALL ');
}
