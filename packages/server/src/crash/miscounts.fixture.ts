/** For tests: what the tables that count say of each service, held against its spans. */
import type { Store } from '../store/store.ts';

/** Where a table that counts says otherwise than the spans do. */
export interface Miscount {
  of: string;
  service: string;
  counted: string;
  spans: string;
}

const allSpans = 'FROM spans';
const metrics = (hasName: 0 | 1): string => `FROM span_metrics WHERE has_name = ${hasName}`;
const keys = (scope: string, key: string): string =>
  `FROM attribute_keys WHERE scope = '${scope}' AND key = '${key}' AND type = 'string'`;

/** Each kind of count, and the spans that it is of. */
const countings = [
  { of: 'span_names', count: 'span_count', counted: 'FROM span_names', spans: allSpans },
  { of: 'span_metrics, names', count: 'span_count', counted: metrics(1), spans: allSpans },
  { of: 'span_metrics, services', count: 'span_count', counted: metrics(0), spans: allSpans },
  { of: 'span_metrics, durations', count: 'arraySum(durations.2)', counted: metrics(0), spans: allSpans },
  { of: 'attribute_keys, resources', count: 'span_count', counted: keys('resource', 'service.name'), spans: allSpans },
  {
    of: 'attribute_keys, spans',
    count: 'span_count',
    counted: keys('span', 'long'),
    spans: `${allSpans} WHERE mapContains(attr_string, 'long')`,
  },
];

/** @returns none, where every span of `SpanLoad` is counted once, wherever spans are counted */
export async function miscountsOf(store: Store): Promise<Miscount[]> {
  const found = countings.map(({ of, count, counted, spans }) =>
    store.query<Miscount>(
      `SELECT {of:String} AS of, service_name AS service, sum(toInt64(count)) AS counted, sum(toInt64(isSpan)) AS spans
       FROM (SELECT service_name, ${count} AS count, 0 AS isSpan ${counted}
             UNION ALL SELECT service_name, 0, 1 ${spans})
       GROUP BY service HAVING counted != spans ORDER BY service`,
      { of },
    ),
  );
  return (await Promise.all(found)).flat();
}
