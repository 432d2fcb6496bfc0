/**
 * For tests: the queries of Grafana's documentation (some with other numbers and names, so that they tell apart what is
 * in `documentationTraces`), and what they find there.
 *
 * @see https://grafana.com/docs/tempo/latest/traceql/construct-traceql-queries/
 * @see https://grafana.com/docs/tempo/latest/metrics-from-traces/metrics-queries/functions/
 */

/** A text for each spanset: the spans in it. By trace, then by the first span. */
export const documentationSearches: readonly (readonly [query: string, spansets: readonly string[]])[] = [
  ['{ }', ['a1 a2 a3 a4', 'b1 b2 b3', 'c1 c2']],
  ['{ span.http.status_code >= 200 && span.http.status_code < 300 } | count() > 2', []],
  ['{ span.http.status_code >= 500 && span.http.status_code < 600 } | count() > 1', ['a1 a4']],
  ['{resource.service.name = "frontend" && name = "POST /api/orders"}', ['a1']],
  [
    '{ resource.service.namespace = "ecommerce" && resource.service.name = "frontend" && resource.deployment.environment = "production" && name = "POST /api/orders" }',
    ['a1'],
  ],
  ['{ resource.service.name="frontend" && name = "POST /api/orders" && status = error }', ['a1']],
  ['{ resource.service.name="frontend" && name = "POST /api/orders" && span.http.status_code >= 500 }', ['a1']],
  ['{span.service.name="frontend" && name = "GET /api/products/{id}"} && {span.db.system="postgresql"}', []],
  ['{span.service.name="frontend" && name = "GET /api/products/{id}"} && {span.db.system="mysql"}', ['b1 b3']],
  ['{ resource.deployment.environment = "production" } && { resource.deployment.environment = "staging" }', []],
  ['{ span.foo = "bar" }', ['c1']],
  ['{ span.foo != "bar" }', ['c2']],
  ['{ span.http.request.header.Accept =~ "application.*" }', ['c1']],
  ['{ span.http.request.header.Accept !~ "application.*" }', ['c2']],
  ['{ resource.service.name="frontend" } >> { status = error }', ['a3 a4']],
  ['{ } !< { resource.service.name = "productcatalogservice" }', ['a2 a4']],
  ['{ resource.service.name = "productcatalogservice" } ~ { resource.service.name="frontend" }', ['a3']],
  ['{ span:childCount = 0 }', ['a2 a4', 'b2 b3', 'c2']],
  ['{ resource.service.name = "frontend" && span:childCount = 0 }', []],
  ['{ span:childCount > 1 }', ['a1', 'b1']],
  ['{ span.http.status_code = 200 } | select(resource.service.name)', ['b1', 'c1']],
  ['{ resource.deployment.environment = "production" } && { span.http.status_code = 500 }', ['a1 a2 a3 a4']],
  ['{ span.http.method = "GET" && status = ok } && { span.http.method = "DELETE" && status != ok }', ['b1 b2']],
  ['{ resource.deployment.environment =~ "prod-.*" && span.http.status_code = 200 }', ['c1']],
  ['{ trace:duration > 5s }', ['a1 a2 a3 a4']],
  ['{ resource.deployment.environment = "production" && trace:duration > 2s } | count() > 3', ['a1 a2 a3 a4']],
  ['{ span:name = "render" }', ['a3']],
  ['{ event:name = "exception" }', ['a3']],
  ['{ trace:id = "a" }', ['a1 a2 a3 a4']],
  ['{ link:traceID = "A" }', ['c1']],
  ['{ span:statusMessage = "Forbidden" }', ['a3']],
  ['{ span:kind = server }', ['a1 a4', 'b1']],
  ['{ span:parentID = "00000000000000a1" }', ['a2 a3']],
  ['{ trace:rootName = "POST /api/orders" }', ['a1 a2 a3 a4']],
  ['{ trace:rootService = "frontend" }', ['a1 a2 a3 a4', 'b1 b2 b3']],
  ['{ event:timeSinceStart > 500us }', ['a3']],
  ['{ event:timeSinceStart > -5s }', ['a3']],
  ['{ link:spanID = "00000000000000a1" }', ['c1']],
  ['{ instrumentation:name = "grpc" }', ['c1 c2']],
  ['{ instrumentation:version = "1.0.0" }', ['c1 c2']],
  ['{ resource.service.name = "frontend" && trace:rootName !~ ".*orders.*"}', ['b1']],
  ['{ span.db.system =~ "postgresql|mysql" }', ['a2', 'b3']],
  ['{ event.exception.message =~ ".*something went wrong.*" }', ['a3']],
  ['{ link.opentracing.ref_type = "child_of" }', ['c1']],
  ['{ instrumentation.language = "java" }', ['c1 c2']],
  ['{ span."attribute name with space" = "value" }', ['c1']],
  ['{ span.attribute."attribute name with space" = "value" }', ['c1']],
  ['{ span.retry_count > -1 }', ['a4']],
  ['{ span.value != minInt && span.value != maxInt }', ['c2']],
  ['{ span.value > 1.25 }', ['c2']],
  ['{ span:duration > 100ms }', ['a1', 'b1']],
  ['{ span.http.status_code >= "400" }', ['b2']],
  ['{ span.http.method =~ "DELETE|GET" }', ['a4', 'b1 b2']],
  ['{ span.foo =~ "ba" }', []],
  ['{ span.any_attribute != nil }', ['b3']],
  ['{ span.http.method = nil }', ['a2 a3', 'b3', 'c1 c2']],
  ['{ resource.service.version = nil }', ['a1 a2 a3 a4', 'b1 b2 b3']],
  ['{ event.exception.message = nil }', ['a1 a2 a4', 'b1 b2 b3', 'c1 c2']],
  ['{ span.http.method = "DELETE" && status != ok }', ['b2']],
  ['{ resource.cloud.region = "us-east-1" } && { resource.cloud.region = "us-west-1" }', []],
  ['{ resource.cloud.region = "us-east-1" && resource.cloud.region = "us-west-1" }', []],
  ['{ resource.cloud.region = "us-east-1" } || { resource.cloud.region = "us-west-1" }', ['a1 a2 a3 a4', 'b1 b2 b3']],
  ['{ resource.cloud.region =~ "us-east-1|us-west-1" }', ['a1 a2 a3 a4', 'b1 b2 b3']],
  ['{ span.http.url = "/path/of/api" } >> { span.db.name = "db-shard-001" }', ['a2']],
  ['{ span.db.name = "db-shard-001" } << { span.http.url = "/path/of/api" }', ['a1']],
  ['{ name = "render" } > { status = error }', ['a4']],
  ['{ status = error } < { status = error }', ['a1 a3']],
  ['{ span.http.url = "/path/of/api" && status = error } &>> { status = error }', ['a1 a3 a4']],
  ['{ status = error } &< { name = "render" }', ['a3 a4']],
  ['{ name = "SELECT" } &~ { name = "render" }', ['a2 a3']],
  ['{ status = error } !>> { span.http.status_code != nil }', ['a1', 'b1 b2', 'c1']],
  ['{ status = error } !<< { status = error }', ['a4']],
  ['{ status = error } !> { status = error }', ['a1']],
  ['{ status = error } !< { status = error }', ['a4']],
  ['{ name = "SELECT" } !~ { kind = internal }', ['c2']],
  ['count() > 3', ['a1 a2 a3 a4']],
  ['avg(duration) > 1s', ['a1 a2 a3 a4']],
  ['max(duration) < 500ms', ['b1 b2 b3', 'c1 c2']],
  ['min(span:duration) >= 2ms | { kind = server }', ['a1 a4', 'b1']],
  ['{ span.http.status_code = 200 } | count() > 3', []],
  ['{ } | sum(span.bytesProcessed) > 1000000000', ['a1 a2 a3 a4']],
  ['{ status = error } | by(resource.service.name) | count() > 1', ['a1 a3']],
  ['{ } | by(resource.service.name) | count() > 1 | coalesce()', ['a1 a2 a3 a4', 'b2 b3', 'c1 c2']],
  ['{ span.http.request_content_length > 10 * 1024 * 1024 }', ['b2']],
  ['{ status = error } | select(span.http.status_code, span.http.url)', ['a1 a3 a4']],
  ['{} with (most_recent=true)', ['a1 a2 a3 a4', 'b1 b2 b3', 'c1 c2']],
  ['{ span.foo = "bar" } >> { kind = internal } with (most_recent=true)', ['c2']],
  ['{ nestedSetParent < 0 }', ['a1', 'b1']],
  ['{ .service.name = "frontend" && .http.method = "GET" }', ['b1']],
];

/** The first trace is in the first point, the second in the second, the third in the third. */
export const documentationStepNano: bigint = 60_000_000_000n;

type LabelValue = string | number | null;
type SeriesText = readonly [labels: Readonly<Record<string, LabelValue>>, values: readonly (number | null)[]];

/** In no order. */
export const documentationMetrics: readonly (readonly [query: string, series: readonly SeriesText[]])[] = [
  ['{ span:status = error } | rate()', [[{}, [0.05, 0, 0]]]],
  [
    '{ span:status = error } | rate() by(resource.service.name)',
    [
      [{ 'resource.service.name': 'frontend' }, [0.033333333, 0, 0]],
      [{ 'resource.service.name': 'productcatalogservice' }, [0.016666667, 0, 0]],
    ],
  ],
  [
    '{ resource.service.name = "frontend" && span:status = error } | rate() by (span.http.method)',
    [
      [{ 'span.http.method': 'POST' }, [0.016666667, 0, 0]],
      [{ 'span.http.method': null }, [0.016666667, 0, 0]],
    ],
  ],
  [
    '{ span:name = "GET /api/products/{id}" } | count_over_time() by (span.http.status_code)',
    [
      [{ 'span.http.status_code': 503 }, [1, 0, 0]],
      [{ 'span.http.status_code': 200 }, [0, 1, 0]],
    ],
  ],
  [
    '{ } | count_over_time() by (name) != 0',
    [
      [{ 'span:name': 'POST /api/orders' }, [1, null, null]],
      [{ 'span:name': 'SELECT' }, [1, null, null]],
      [{ 'span:name': 'render' }, [1, null, null]],
      [{ 'span:name': 'GET /api/products/{id}' }, [1, 1, null]],
      [{ 'span:name': 'DELETE /api/cart' }, [null, 1, null]],
      [{ 'span:name': 'query' }, [null, 1, null]],
      [{ 'span:name': 'consume' }, [null, null, 1]],
      [{ 'span:name': 'store' }, [null, null, 1]],
    ],
  ],
  ['{ } | sum_over_time(span.bytesProcessed)', [[{}, [1100000000, null, null]]]],
  ['{ kind = server } | min_over_time(span:duration)', [[{}, [0.002, 0.4, null]]]],
  [
    '{ kind = server } | max_over_time(span:duration) by (span.http.method)',
    [
      [{ 'span.http.method': 'POST' }, [6, null, null]],
      [{ 'span.http.method': 'GET' }, [0.002, 0.4, null]],
    ],
  ],
  [
    '{ span:name = "GET /api/products/{id}" } | avg_over_time(span:duration) by (span.http.status_code)',
    [
      [{ 'span.http.status_code': 503 }, [0.002, null, null]],
      [{ 'span.http.status_code': 200 }, [null, 0.4, null]],
    ],
  ],
  ['{ span:name = "GET /api/products/{id}" } | min_over_time(span.http.status_code)', [[{}, [503, 200, null]]]],
  [
    '{ } | quantile_over_time(span:duration, .99, .5)',
    [
      [{ p: 0.99 }, [6, 0.4, 0.01]],
      [{ p: 0.5 }, [0.05, 0.1, 0.01]],
    ],
  ],
  [
    '{ } | histogram_over_time(span:duration) by (span.db.system)',
    [
      [{ 'span.db.system': null, __bucket: 8.589934592 }, [1, 0, 0]],
      [{ 'span.db.system': null, __bucket: 0.004194304 }, [1, 0, 0]],
      [{ 'span.db.system': null, __bucket: 0.002097152 }, [1, 0, 1]],
      [{ 'span.db.system': null, __bucket: 0.536870912 }, [0, 1, 0]],
      [{ 'span.db.system': null, __bucket: 0.134217728 }, [0, 1, 0]],
      [{ 'span.db.system': null, __bucket: 0.016777216 }, [0, 0, 1]],
      [{ 'span.db.system': 'postgresql', __bucket: 0.067108864 }, [1, 0, 0]],
      [{ 'span.db.system': 'mysql', __bucket: 0.002097152 }, [0, 1, 0]],
    ],
  ],
  [
    '{ kind = client } | rate() by (name) with (exemplars=true)',
    [
      [{ 'span:name': 'SELECT' }, [0.016666667, 0, 0]],
      [{ 'span:name': 'DELETE /api/cart' }, [0, 0.016666667, 0]],
      [{ 'span:name': 'query' }, [0, 0.016666667, 0]],
    ],
  ],
  [
    '{ } | count_over_time() by (resource.service.name) | topk(1)',
    [
      [{ 'resource.service.name': 'frontend' }, [2, null, null]],
      [{ 'resource.service.name': 'cart' }, [null, 2, null]],
      [{ 'resource.service.name': 'foo' }, [null, null, 2]],
    ],
  ],
  [
    '{ } | count_over_time() by (resource.service.name) | bottomk(1)',
    [
      [{ 'resource.service.name': 'cart' }, [0, null, 0]],
      [{ 'resource.service.name': 'foo' }, [null, 0, null]],
    ],
  ],
  ['{ } | rate() by (resource.service.name) > 0.05', []],
  ['{ } | avg_over_time(span:duration) > 1s', [[{}, [1.514, null, null]]]],
  [
    '{ } | count_over_time() by (resource.service.name) | topk(2) > 1',
    [
      [{ 'resource.service.name': 'frontend' }, [2, null, null]],
      [{ 'resource.service.name': 'productcatalogservice' }, [2, null, null]],
      [{ 'resource.service.name': 'cart' }, [null, 2, null]],
      [{ 'resource.service.name': 'foo' }, [null, null, 2]],
    ],
  ],
  ['({status=error} | count_over_time()) / ({} | count_over_time())', [[{}, [0.75, 0, 0]]]],
  [
    '({} | count_over_time() by (resource.service.name)) / ({} | count_over_time())',
    [
      [{ 'resource.service.name': 'frontend' }, [0.5, 0.333333333, 0]],
      [{ 'resource.service.name': 'productcatalogservice' }, [0.5, 0, 0]],
      [{ 'resource.service.name': 'cart' }, [0, 0.666666667, 0]],
      [{ 'resource.service.name': 'foo' }, [0, 0, 1]],
    ],
  ],
  ['100 * ({status=error} | rate()) / ({} | rate()) > 5', [[{}, [75, null, null]]]],
  ['({} | rate()) * 60', [[{}, [4, 3, 2]]]],
  ['({ } | count_over_time()) * (-100)', [[{}, [-400, -300, -200]]]],
];
