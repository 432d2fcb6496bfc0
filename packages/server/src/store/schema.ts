/**
 * The ClickHouse schema, as migrations: each one is applied once, in order, and never changed
 * after a release. `docs/decisions/0001-clickhouse-schema.md` has the measurements behind the
 * order, the codecs and the indexes.
 *
 * `span_names`, `attribute_keys` and `span_metrics` count what each insert into `spans` brought (`encode/batch-counts.ts`,
 * `encode/span-metrics.ts`). All are partitioned by the day on which a span was received, not by the times that
 * it carries: a program with a wrong clock must not be able to create a partition per span.
 */

import type { Layout } from './layout.ts';

type Statement = (layout: Layout) => string;

export interface Migration {
  version: number;
  /** Those that it makes. */
  tables?: readonly string[];
  /** They can be carried out again, and beside one another: several servers may come at once. */
  statements: readonly Statement[];
}

/** On disk when an insert returns: the spool forgets what the store has. */
const durable = 'fsync_after_insert = 1, fsync_part_directory = 1';

/**
 * Ordered by minute and trace: what belongs together lies together, which makes ids and resources small and a trace
 * one read. Parts stay below 512 MiB, so that retention by size has parts to choose from.
 */
const spans: Statement = ({ stored, onCluster, engine }) => `
CREATE TABLE IF NOT EXISTS ${stored('spans')}${onCluster} (
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
ENGINE = ${engine('MergeTree')}
PARTITION BY toDate(received_at)
ORDER BY (intDiv(start_unix_nano, 60000000000), trace_id)
SETTINGS ${durable}, max_bytes_to_merge_at_max_space_in_pool = 536870912`;

const spanNames: Statement = ({ stored, onCluster, engine }) => `
CREATE TABLE IF NOT EXISTS ${stored('span_names')}${onCluster} (
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
ENGINE = ${engine('AggregatingMergeTree')}
PARTITION BY received_day
ORDER BY (service_name, name, kind, hour_unix)
SETTINGS ${durable}`;

const attributeKeys: Statement = ({ stored, onCluster, engine }) => `
CREATE TABLE IF NOT EXISTS ${stored('attribute_keys')}${onCluster} (
  received_day Date,
  last_received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  scope LowCardinality(String) COMMENT 'span or resource',
  service_name LowCardinality(String),
  key LowCardinality(String),
  type LowCardinality(String) COMMENT 'string, int, double, bool or other',
  span_count SimpleAggregateFunction(sum, UInt64)
)
ENGINE = ${engine('AggregatingMergeTree')}
PARTITION BY received_day
ORDER BY (scope, service_name, key, type)
SETTINGS ${durable}`;

/**
 * Values by number, each kept once per part or granule: 6 of 51 bytes per span less. Parts that are there already are
 * rewritten in the background.
 */
const valuesByNumber: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    MODIFY COLUMN attr_string Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(3))`,
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    MODIFY COLUMN attr_int Map(LowCardinality(String), Int64) CODEC(ZSTD(3))`,
];

/**
 * Who brought a row. Several servers may share a ClickHouse: each numbers its own batches, and so each has rows of its
 * own in the tables that count, whose largest number is that of its last batch.
 */
const writers: readonly Statement[] = [
  ({ stored, onCluster }) =>
    `ALTER TABLE ${stored('spans')}${onCluster} ADD COLUMN IF NOT EXISTS writer UInt32 CODEC(ZSTD(1)) AFTER received_at`,
  ({ stored, onCluster }) => `ALTER TABLE ${stored('span_names')}${onCluster}
    ADD COLUMN IF NOT EXISTS writer UInt32, MODIFY ORDER BY (service_name, name, kind, hour_unix, writer)`,
  ({ stored, onCluster }) => `ALTER TABLE ${stored('attribute_keys')}${onCluster}
    ADD COLUMN IF NOT EXISTS writer UInt32, MODIFY ORDER BY (scope, service_name, key, type, writer)`,
];

/**
 * An insert's part is two files in place of some 200: making and syncing those was a third of what an insert took. What merges
 * make keeps a file per column, and is made column by column, however small it is.
 */
const insertsInOneFile: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    MODIFY SETTING min_bytes_for_wide_part = 67108864, vertical_merge_algorithm_min_rows_to_activate = 1`,
];

/**
 * Of each span name by the minute, and of each service as a whole. Nothing in it is of spans that were there before it: they
 * could not be counted while others come in.
 */
const spanMetrics: Statement = ({ stored, onCluster, engine }) => `
CREATE TABLE IF NOT EXISTS ${stored('span_metrics')}${onCluster} (
  received_day Date,
  last_received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(Delta(8), ZSTD(1)),
  writer UInt32,
  has_name UInt8 COMMENT '1: spans of this name and kind; 0: all of the service, by how they entered it',
  service_name LowCardinality(String),
  name LowCardinality(String),
  kind UInt8,
  entry UInt8 COMMENT '2: servers and consumers; 1: others without a parent in their process; 0: the rest',
  minute_unix UInt32 COMMENT 'start of the minute in which the spans started, seconds since 1970' CODEC(Delta(4), ZSTD(1)),
  span_count SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  error_count SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  durations SimpleAggregateFunction(sumMap, Tuple(Array(UInt16), Array(UInt64))) COMMENT 'spans by bucket of duration' CODEC(ZSTD(1))
)
ENGINE = ${engine('AggregatingMergeTree')}
PARTITION BY received_day
ORDER BY (has_name, service_name, name, kind, entry, minute_unix, writer)
SETTINGS ${durable}`;

/** Columns that hardly any span has something in, and what they hold then: reading them takes half of a trace's time. */
const rarely: readonly string[] = [
  "trace_state != ''",
  'end_before_start_nano != 0',
  'notEmpty(attr_double)',
  'notEmpty(attr_other)',
  'dropped_attributes != 0',
  'notEmpty(event_time)',
  'dropped_events != 0',
  'notEmpty(link_trace_id)',
  'dropped_links != 0',
  'notEmpty(resource_double)',
  'notEmpty(resource_bool)',
  'resource_dropped != 0',
  "scope_attributes != ''",
  'scope_dropped != 0',
];

/**
 * Of each 8,192 spans, a trace id that is not among them passes one time in 100,000, where `trace_id_bloom` lets one in 1000 pass: to look for 20 traces
 * among 10 million spans, two dozen granules were read for nothing. That one stays, for parts in which this is not made yet.
 */
const finerTraceIds: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    ADD INDEX IF NOT EXISTS trace_ids trace_id TYPE bloom_filter(0.00001) GRANULARITY 1`,
  ({ stored, onCluster }) =>
    `ALTER TABLE ${stored('spans')}${onCluster} MATERIALIZE INDEX trace_ids SETTINGS mutations_sync = 0`,
];

/** Of the projection: what counts of spans are mostly asked by. */
const countedBy = 'service_name, kind, status_code, intDiv(start_unix_nano, 60000000000)';

/**
 * For quick reading. ClickHouse makes both of what is inserted, so that they say what the spans say, whoever inserts and whatever is
 * deleted. Parts that were there before stay as they are, and are read as slowly as before: the first is made as it is asked for.
 */
const quickReading: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    ADD COLUMN IF NOT EXISTS has_more UInt8 MATERIALIZED ${rarely.join(' OR ')} CODEC(ZSTD(1))`,
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    ADD PROJECTION IF NOT EXISTS minutes (SELECT ${countedBy}, count() GROUP BY ${countedBy})`,
];

/** Maps that are mostly empty. */
const rareMaps = {
  attr_double: 'Float64',
  attr_bool: 'Bool',
  attr_other: 'String',
  resource_int: 'Int64',
  resource_double: 'Float64',
  resource_bool: 'Bool',
  resource_other: 'String',
};

/**
 * The encoder's numbers become text as they are inserted. Merging a row of a LowCardinality takes half a microsecond, however little is in it: the keys of maps that are mostly empty were
 * a fifth of all merging. And trace ids have one filter: version 6 has made the finer one for all parts. Those that were there before
 * are rewritten in the background.
 */
const quickMerging: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    ${Object.entries(rareMaps)
      .map(([column, type]) => `MODIFY COLUMN ${column} Map(String, ${type}) CODEC(ZSTD(1)), `)
      .join('')}DROP INDEX IF EXISTS trace_id_bloom
    SETTINGS alter_sync = 0, mutations_sync = 0`,
];

/**
 * A value that no span of 8,192 has passes one time in 400, where it was one in 100: each granule that passes for nothing costs a search for
 * a rare value 4 ms, the finer filter 0.4 bytes a span.
 */
const finerTexts: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    DROP INDEX IF EXISTS attr_string_values,
    ADD INDEX IF NOT EXISTS attr_string_texts mapValues(attr_string) TYPE bloom_filter(0.0025) GRANULARITY 1
    SETTINGS alter_sync = 0, mutations_sync = 0`,
  ({ stored, onCluster }) =>
    `ALTER TABLE ${stored('spans')}${onCluster} MATERIALIZE INDEX attr_string_texts SETTINGS mutations_sync = 0`,
];

/**
 * What every search reads of every row that it looks at. T64 reads times in a fifth of the time that their differences take, and `received_at`, of which
 * a merge mixes few values, is quickest as it is; both are smaller, too. Parts that were there get it when they are merged.
 */
const quickScanning: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    MODIFY COLUMN start_unix_nano UInt64 CODEC(T64, ZSTD(1)),
    MODIFY COLUMN received_at DateTime64(3, 'UTC') CODEC(ZSTD(1))`,
];

/**
 * A minute's rows lie in the order of their traces, so that the primary key tells nothing within it. But what came in lately is in parts of a few
 * seconds each. Parts that were there are of hours, and stay as they are.
 */
const newestParts: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    ADD INDEX IF NOT EXISTS starts start_unix_nano TYPE minmax GRANULARITY 1
    SETTINGS alter_sync = 0, mutations_sync = 0`,
];

/** Two spans with the same in these columns are of one resource and scope. */
const place = [
  ...['string', 'int', 'double', 'bool', 'other', 'dropped', 'schema_url'].map((column) => `resource_${column}`),
  ...['name', 'version', 'attributes', 'dropped', 'schema_url'].map((column) => `scope_${column}`),
].join(', ');

/**
 * There are few resources and scopes, and to read them with each span was half of the time that a trace took: a program that knows them
 * needs their hash alone. ClickHouse makes it, so that it says what the columns say, whoever inserts; in the background for parts
 * that were there.
 */
const knownPlaces: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    ADD COLUMN IF NOT EXISTS place_hash UInt64 MATERIALIZED cityHash64(${place}) CODEC(ZSTD(1))`,
  ({ stored, onCluster }) =>
    `ALTER TABLE ${stored('spans')}${onCluster} MATERIALIZE COLUMN place_hash SETTINGS mutations_sync = 0`,
];

/**
 * What people look for by its value is mostly an id, of a user, an order, a session: one of a dozen attributes, for which the map of all was read. This one has those
 * whose key says so (`query/attribute-maps.ts`). ClickHouse makes it; for parts that were there in the background, and as it is
 * asked for until then, which is why their filter stands before that of all values: both are asked, and the second one only where the first leaves something.
 */
const idsApart: readonly Statement[] = [
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    ADD COLUMN IF NOT EXISTS attr_ids Map(String, String)
      MATERIALIZED mapFilter((key, value) -> endsWith(lower(key), 'id'), attr_string) CODEC(ZSTD(1)),
    ADD INDEX IF NOT EXISTS attr_ids_values mapValues(attr_ids) TYPE bloom_filter(0.0025) GRANULARITY 1 FIRST`,
  ({ stored, onCluster }) => `ALTER TABLE ${stored('spans')}${onCluster}
    MATERIALIZE COLUMN attr_ids, MATERIALIZE INDEX attr_ids_values SETTINGS mutations_sync = 0`,
];

export const migrations: readonly Migration[] = [
  {
    version: 1,
    tables: ['schema_version', 'spans', 'span_names', 'attribute_keys'],
    statements: [spans, spanNames, attributeKeys],
  },
  { version: 2, statements: valuesByNumber },
  { version: 3, statements: writers },
  { version: 4, statements: insertsInOneFile },
  { version: 5, tables: ['span_metrics'], statements: [spanMetrics] },
  { version: 6, statements: [...quickReading, ...finerTraceIds] },
  { version: 7, statements: [...quickMerging, ...finerTexts] },
  { version: 8, statements: quickScanning },
  { version: 9, statements: newestParts },
  { version: 10, statements: knownPlaces },
  { version: 11, statements: idsApart },
];

/** What this program reads and writes. A data directory with a higher version is refused. */
export const schemaVersion: number = migrations[migrations.length - 1]?.version ?? 0;

/** The tables that count what is in `spans`, by the day on which it was received. */
export const countingTables: readonly string[] = ['span_names', 'attribute_keys', 'span_metrics'];
