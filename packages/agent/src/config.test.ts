import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { defaultLimits } from './tracer/settings.ts';

test('without any variable, the defaults', () => {
  expect(readConfig({})).toEqual({
    disabled: false,
    logLevel: 'none',
    serviceName: undefined,
    resourceAttributes: new Map(),
    exporter: 'otlp',
    endpoint: {
      format: 'http/protobuf',
      url: new URL('http://127.0.0.1:4318/v1/traces'),
      headers: new Map(),
      timeoutMs: 10_000,
      gzip: false,
      certificateFile: undefined,
      clientKeyFile: undefined,
      clientCertificateFile: undefined,
    },
    sampler: { name: 'parentbased_always_on', argument: undefined },
    propagators: ['tracecontext', 'baggage'],
    batch: { scheduleDelayMs: 500, maxQueueSize: Number.POSITIVE_INFINITY, maxExportBatchSize: 4_096 },
    limits: defaultLimits,
    disabledLibraries: new Set(),
    enabledLibraries: undefined,
    maxCpuPercent: undefined,
    report: undefined,
    problems: [],
  });
});

test('empty and blank variables are not set', () => {
  expect(readConfig({ OTEL_SERVICE_NAME: '', OTEL_BSP_SCHEDULE_DELAY: '  ', OTEL_PROPAGATORS: '' })).toEqual(
    readConfig({}),
  );
});

describe('the endpoint', () => {
  test.each([
    [
      'gets the path of traces',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
      'http://collector:4318/v1/traces',
    ],
    ['also behind a path', { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp/' }, 'https://c/otlp/v1/traces'],
    [
      'of traces is used as it is',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:1/here?a=b' },
      'http://c:1/here?a=b',
    ],
    [
      'of traces wins',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b' },
      'http://b/',
    ],
    [
      'that is no URL is the default',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' },
      'http://127.0.0.1:4318/v1/traces',
    ],
  ])('%s', (_, env, href) => expect(readConfig(env).endpoint.url.href).toBe(href));
});

describe('the endpoint of the other formats', () => {
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  const jaeger = { OTEL_TRACES_EXPORTER: 'jaeger' };
  const zipkin = { OTEL_TRACES_EXPORTER: 'zipkin' };
  test.each([
    ['http/json', { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http://127.0.0.1:4318/v1/traces'],
    ['grpc', grpc, 'http://127.0.0.1:4317/'],
    ['grpc', { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4317' }, 'http://collector:4317/'],
    ['grpc', { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, 'https://collector:4317/'],
    [
      'grpc',
      { ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_EXPORTER_OTLP_INSECURE: 'true' },
      'http://collector:4317/',
    ],
    [
      'grpc',
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'GRPC' },
      'http://127.0.0.1:4317/',
    ],
    ['jaeger', jaeger, 'udp://127.0.0.1:6831'],
    [
      'jaeger',
      { ...jaeger, OTEL_EXPORTER_JAEGER_AGENT_HOST: 'agent', OTEL_EXPORTER_JAEGER_AGENT_PORT: '5775' },
      'udp://agent:5775',
    ],
    ['jaeger', { ...jaeger, OTEL_EXPORTER_JAEGER_AGENT_HOST: '::1' }, 'udp://[::1]:6831'],
    ['zipkin', zipkin, 'http://127.0.0.1:9411/api/v2/spans'],
    ['zipkin', { ...zipkin, OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'https://z/api/v2/spans' }, 'https://z/api/v2/spans'],
    ['console', { OTEL_TRACES_EXPORTER: 'console' }, 'file:///dev/stdout'],
  ])('%s, of %j', (format, env, href) => {
    const { endpoint, problems } = readConfig(env);
    expect([endpoint.format, endpoint.url.href, problems]).toEqual([format, href, []]);
  });

  test.each([
    [{ ...zipkin, OTEL_EXPORTER_ZIPKIN_ENDPOINT: 'z:9411' }, 'http://127.0.0.1:9411/api/v2/spans'],
    [{ ...jaeger, OTEL_EXPORTER_JAEGER_AGENT_HOST: 'a b' }, 'udp://127.0.0.1:6831'],
    [{ ...jaeger, OTEL_EXPORTER_JAEGER_PROTOCOL: 'http/thrift.binary' }, 'udp://127.0.0.1:6831'],
  ])('%j is told, and the default stands', (env, href) => {
    const { endpoint, problems } = readConfig(env);
    expect(endpoint.url.href).toBe(href);
    expect(problems).toHaveLength(1);
  });
});

test('of several exporters the first that is known is used', () => {
  expect(readConfig({ OTEL_TRACES_EXPORTER: 'logging, Zipkin,otlp' }).exporter).toBe('zipkin');
});

test('headers and resource attributes are percent-decoded', () => {
  const config = readConfig({
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc%3D, x-tenant = a ',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop,deployment.environment.name=a%2Cb%3Dc,team=%C3%BC',
  });
  expect(Object.fromEntries(config.endpoint.headers)).toEqual({ authorization: 'Basic abc=', 'x-tenant': 'a' });
  expect(Object.fromEntries(config.resourceAttributes)).toEqual({
    'service.name': 'shop',
    'deployment.environment.name': 'a,b=c',
    team: 'ü',
  });
  expect(config.serviceName).toBe('shop');
});

test('one try at a request ends when the batch has to be through, whichever is sooner', () => {
  const timeoutMs = (env: Record<string, string>): number => readConfig(env).endpoint.timeoutMs;
  expect(timeoutMs({})).toBe(10_000);
  expect(timeoutMs({ OTEL_EXPORTER_OTLP_TIMEOUT: '40000' })).toBe(30_000);
  expect(timeoutMs({ OTEL_BSP_EXPORT_TIMEOUT: '2000' })).toBe(2_000);
});

test('OTEL_SERVICE_NAME wins over the resource attributes', () => {
  const config = readConfig({ OTEL_SERVICE_NAME: 'cart', OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop' });
  expect(config.serviceName).toBe('cart');
});

test('a header that would break out of its line is refused, without repeating it', () => {
  const config = readConfig({ OTEL_EXPORTER_OTLP_HEADERS: 'x=secret%0D%0Ay:z' });
  expect(config.endpoint.headers).toEqual(new Map());
  expect(config.problems).toEqual([expect.stringContaining('OTEL_EXPORTER_OTLP_HEADERS')]);
  expect(config.problems.join()).not.toContain('secret');
});

test('limits: the general ones hold for spans unless those have their own', () => {
  const general = { OTEL_ATTRIBUTE_COUNT_LIMIT: '10', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100' };
  expect(readConfig(general).limits).toEqual({ ...defaultLimits, attributeCount: 10, attributeValueLength: 100 });
  const own = {
    ...general,
    OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '20',
    OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '200',
    OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
    OTEL_SPAN_LINK_COUNT_LIMIT: '2',
    OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '3',
    OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '4',
  };
  expect(readConfig(own).limits).toEqual({
    attributeCount: 20,
    attributeValueLength: 200,
    eventCount: 1,
    linkCount: 2,
    attributeCountPerEvent: 3,
    attributeCountPerLink: 4,
  });
});

test('lists are read regardless of case and blanks', () => {
  const config = readConfig({
    OTEL_PROPAGATORS: 'Baggage, tracecontext',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'express, HTTP',
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'undici',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_LOG_LEVEL: 'DEBUG',
    OTEL_SDK_DISABLED: 'TRUE',
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'gzip',
    OTEL_TRACES_SAMPLER: 'traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.5',
  });
  expect(config).toMatchObject({
    propagators: ['baggage', 'tracecontext'],
    disabledLibraries: new Set(['express', 'http']),
    enabledLibraries: new Set(['undici']),
    exporter: 'none',
    logLevel: 'debug',
    disabled: true,
    endpoint: { gzip: true },
    sampler: { name: 'traceidratio', argument: '0.5' },
    problems: [],
  });
});

test.each([
  ['OTEL_BSP_SCHEDULE_DELAY', 'soon'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
  ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '-1'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '1.5'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://host'],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'no pair'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=%zz'],
  ['OTEL_TRACES_EXPORTER', 'logging'],
  ['OTEL_TRACES_EXPORTER', 'otlp,console'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'http/thrift'],
  ['OTEL_PROPAGATORS', 'b3'],
  ['OTEL_SDK_DISABLED', 'yes'],
  ['OTEL_LOG_LEVEL', 'loud'],
  ['OTEL_SPAN_EVENT_COUNT_LIMIT', '1e3'],
  ['SIGHTLINE_MAX_CPU', '-1'],
  ['SIGHTLINE_MAX_CPU', '200'],
  ['SIGHTLINE_MAX_CPU', 'little'],
  ['SIGHTLINE_REPORT', 'xml'],
  ['SIGHTLINE_REPORT', 'json:'],
])('%s=%s is told, and the default stands', (name, value) => {
  const { problems, ...config } = readConfig({ [name]: value });
  const { problems: _, ...defaults } = readConfig({});
  expect(config).toEqual(defaults);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(name);
});

test.each([
  ['2', 2],
  ['0.5', 0.5],
  ['2 %', 2],
  ['0', undefined],
])('SIGHTLINE_MAX_CPU=%s is %s percent of a core', (text, percent) => {
  expect(readConfig({ SIGHTLINE_MAX_CPU: text })).toMatchObject({ maxCpuPercent: percent, problems: [] });
});

test.each([
  ['1', { format: 'text', file: undefined }],
  ['true', { format: 'text', file: undefined }],
  ['json', { format: 'json', file: undefined }],
  ['json:/tmp/Reports', { format: 'json', file: '/tmp/Reports' }],
  ['0', undefined],
])('SIGHTLINE_REPORT=%s', (text, report) => {
  expect(readConfig({ SIGHTLINE_REPORT: text })).toMatchObject({ report, problems: [] });
});
