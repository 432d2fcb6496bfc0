/**
 * Other ways to keep the same spans, each as far as it differs from the table as it is (`packages/server/src/store/schema.ts`):
 *
 *   alter    ALTERs of a copy; what they add is built, so that sizes and times are those of a table that always had it
 *   isNew    the copy is filled anew, into one part: `create` changes the text of CREATE TABLE, `select` is what it is filled with
 *   beside   statements that make, and fill, a table of its own beside `spans`
 *   ask      SQL of the questions that it answers in another way
 */

const minute = 'intDiv(start_unix_nano, 60000000000)';
const pairs = "arrayMap((k, v) -> concat(k, '=', v), mapKeys(attr_string), mapValues(attr_string))";
const hashes = 'arrayMap((k, v) -> cityHash64(k, v), mapKeys(attr_string), mapValues(attr_string))';

/** By an id's hash, the minutes to look in; then by the primary key. */
const inMinutes = (table, ids) =>
  `${minute} IN (SELECT ${minute} FROM ${table} WHERE cityHash64(trace_id) IN (${ids.map((id) => `cityHash64(unhex('${id}')::FixedString(16))`).join(', ')}) GROUP BY cityHash64(trace_id), ${minute})`;

export const alternatives = [
  { name: 'as it is', isNew: true },
  {
    name: 'without any skipping index',
    alter: [
      'DROP INDEX trace_ids',
      'DROP INDEX service_names',
      'DROP INDEX span_names',
      'DROP INDEX attr_string_texts',
      'DROP INDEX attr_int_values',
      'DROP INDEX resource_string_values',
    ],
  },
  {
    name: 'projection: hash of the trace id → minutes, for the trace id’s bloom filter',
    alter: [
      'DROP INDEX trace_ids',
      `ADD PROJECTION trace_minutes (SELECT cityHash64(trace_id), ${minute} GROUP BY cityHash64(trace_id), ${minute})`,
      'MATERIALIZE PROJECTION trace_minutes',
    ],
    ask: {
      'trace by id': (table, { traceId }) => traceById(table, `${inMinutes(table, [traceId])} AND`, traceId),
      'summaries of 20 traces': (table, { traceIds }) =>
        summaries(table, `${inMinutes(table, traceIds)} AND`, traceIds),
    },
  },
  {
    name: 'projection: offsets by trace id, for the trace id’s bloom filter',
    alter: [
      'DROP INDEX trace_ids',
      'ADD PROJECTION by_trace (SELECT _part_offset ORDER BY trace_id)',
      'MATERIALIZE PROJECTION by_trace',
    ],
  },
  {
    name: 'projection: offsets by service and start',
    alter: [
      'ADD PROJECTION by_service (SELECT _part_offset ORDER BY service_name, start_unix_nano)',
      'MATERIALIZE PROJECTION by_service',
    ],
  },
  {
    name: 'bloom filter of hashes of key and value, for that of values',
    alter: [
      'DROP INDEX attr_string_texts',
      `ADD INDEX attr_pairs ${hashes} TYPE bloom_filter(0.01) GRANULARITY 1`,
      'MATERIALIZE INDEX attr_pairs',
    ],
    ask: {
      'rare attribute': (table, { userId }) =>
        rare(table, `has(${hashes}, cityHash64('user.id', '${userId}'))`, userId),
    },
  },
  {
    name: 'text index of key=value, for the bloom filter of values',
    alter: [
      'DROP INDEX attr_string_texts',
      `ADD INDEX attr_pairs ${pairs} TYPE text(tokenizer = 'array')`,
      'MATERIALIZE INDEX attr_pairs',
    ],
    ask: {
      'rare attribute': (table, { userId }) => rare(table, `has(${pairs}, 'user.id=${userId}')`, userId),
    },
  },
  {
    name: 'a row per trace, beside',
    beside: {
      table: `(trace_id FixedString(16), start SimpleAggregateFunction(min, UInt64) CODEC(Delta(8), ZSTD(1)),
        end SimpleAggregateFunction(max, UInt64) CODEC(Delta(8), ZSTD(1)), spans SimpleAggregateFunction(sum, UInt64),
        errors SimpleAggregateFunction(sum, UInt64), root SimpleAggregateFunction(max, String),
        services SimpleAggregateFunction(groupUniqArrayArray, Array(String)))
        ENGINE = AggregatingMergeTree ORDER BY trace_id`,
      select: `trace_id, min(start_unix_nano) AS start, max(end_unix_nano) AS end, count() AS spans, countIf(status_code = 2) AS errors,
        maxIf(concat(service_name, ' ', name), parent_span_id = unhex('0000000000000000')) AS root,
        groupUniqArray(service_name::String) AS services`,
      by: 'trace_id',
    },
    ask: {
      'summaries of 20 traces': (_, { traceIds }, beside) =>
        `SELECT trace_id, min(start), max(end), sum(spans), sum(errors), max(root), groupUniqArrayArray(services)
         FROM ${beside} WHERE ${isOneOf(traceIds)} GROUP BY trace_id`,
    },
  },
  {
    name: 'ZSTD(1) for all',
    isNew: true,
    create: (sql) => sql.replaceAll('ZSTD(3)', 'ZSTD(1)'),
  },
  {
    name: 'LZ4 for all',
    isNew: true,
    create: (sql) => sql.replace(/ZSTD\(\d\)/g, 'LZ4'),
  },
  {
    name: 'LZ4 for attributes',
    isNew: true,
    create: (sql) => sql.replace(/(`(?:attr|resource)_\w+` Map.*)ZSTD\(\d\)/g, '$1LZ4'),
  },
  {
    name: 'index_granularity 2048',
    isNew: true,
    create: (sql) => sql.replace(/index_granularity = \d+/, 'index_granularity = 2048'),
  },
  {
    name: 'ordered by minute, service, trace id',
    isNew: true,
    create: (sql) => sql.replace(/ORDER BY \(.*\)\n/, `ORDER BY (${minute}, service_name, trace_id)\n`),
  },
  {
    name: 'ordered by ten seconds, trace id',
    isNew: true,
    create: (sql) => sql.replace(/ORDER BY \(.*\)\n/, 'ORDER BY (intDiv(start_unix_nano, 10000000000), trace_id)\n'),
  },
  {
    name: 'attributes of the JSON type',
    isNew: true,
    create: (sql) =>
      sql
        .replace(/ +`attr_string` .*\n/, '    `attr` JSON(max_dynamic_paths = 64) CODEC(ZSTD(3)),\n')
        .replace(/ +`attr_(int|double|bool|other)` .*\n/g, '')
        .replace(/ +INDEX attr_(string_texts|int_values) .*\n/g, '')
        .replace('OR notEmpty(attr_double) OR notEmpty(attr_other) ', ''),
    select: `* EXCEPT (attr_int, attr_double, attr_bool, attr_other) REPLACE (concat('{', arrayStringConcat(arrayConcat(
      arrayMap((k, v) -> concat(toJSONString(k), ':', toJSONString(v)), mapKeys(attr_string)::Array(String), mapValues(attr_string)::Array(String)),
      arrayMap((k, v) -> concat(toJSONString(k), ':', toString(v)), mapKeys(attr_int), mapValues(attr_int))), ','), '}') AS attr_string)`,
    ask: {
      'rare attribute': (table, { userId }) =>
        `SELECT trace_id, min(start_unix_nano) AS key FROM ${table} WHERE attr.\`user.id\`::String = '${userId}'
         GROUP BY trace_id ORDER BY key DESC LIMIT 20`,
      'all filters': (table, asked) =>
        allFilters(
          table,
          "attr.`http.response.status_code`::Int64 = 500 AND attr.`url.scheme`::String = 'https'",
          asked,
        ),
    },
  },
];

/** What is asked of each. Its values come from the data, others in each round. */
export const questions = {
  'trace by id': (table, { traceId }) => traceById(table, '', traceId),
  'summaries of 20 traces': (table, { traceIds }) => summaries(table, '', traceIds),
  'newest of a service, one minute': (table, { service, startNano }) =>
    `SELECT trace_id, min(start_unix_nano) AS key, uniqExact((span_id, kind, start_unix_nano)) AS spans FROM ${table}
     PREWHERE start_unix_nano BETWEEN ${startNano - 30_000_000_000n} AND ${startNano + 29_999_999_999n} AND service_name = '${service}'
     GROUP BY trace_id ORDER BY key DESC LIMIT 41`,
  'newest of a service, 24 hours': (table, { service }) =>
    `SELECT trace_id, start_unix_nano FROM ${table} WHERE service_name = '${service}' ORDER BY start_unix_nano DESC LIMIT 20`,
  'rare attribute': (table, { userId }) =>
    rare(table, `has(mapValues(attr_string), '${userId}') AND attr_string['user.id'] = '${userId}'`, userId),
  'all filters': (table, asked) =>
    allFilters(
      table,
      "attr_int['http.response.status_code'] = 500 AND has(mapValues(attr_string), 'https') AND attr_string['url.scheme'] = 'https'",
      asked,
    ),
};

function traceById(table, where, traceId) {
  return `SELECT * FROM ${table} PREWHERE ${where} ${isOneOf([traceId])}`;
}

function summaries(table, where, traceIds) {
  return `SELECT trace_id, service_name, uniqExact((span_id, kind, start_unix_nano)), countIf(status_code = 2), min(start_unix_nano),
      max(start_unix_nano + duration_nano), min((parent_span_id != unhex('0000000000000000'), start_unix_nano, name::String))
    FROM ${table} WHERE ${where} ${isOneOf(traceIds)} GROUP BY trace_id, service_name`;
}

function isOneOf(traceIds) {
  return `trace_id IN (${traceIds.map((id) => `unhex('${id}')::FixedString(16)`).join(', ')})`;
}

function rare(table, condition) {
  return `SELECT trace_id, min(start_unix_nano) AS key FROM ${table} WHERE ${condition} GROUP BY trace_id ORDER BY key DESC LIMIT 20`;
}

function allFilters(table, attributes, { service, name }) {
  return `SELECT trace_id, min(start_unix_nano) AS key FROM ${table}
    PREWHERE service_name = '${service}' AND name = '${name}' AND duration_nano >= 1000000 WHERE ${attributes}
    GROUP BY trace_id ORDER BY key DESC LIMIT 20`;
}
