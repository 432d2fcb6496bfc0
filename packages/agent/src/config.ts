/**
 * What the standard `OTEL_*` variables ask for. Read once, at start, and a function of the
 * environment only. A value that cannot be read never stops the program: the default stands in,
 * and `problems` says so to whoever set `OTEL_LOG_LEVEL`.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
import { type Endpoint, readEndpoint, readPairs } from './config-endpoint.ts';
import { type Environment, EnvReader } from './env-reader.ts';
import { type LogLevel, parseLogLevel } from './log.ts';
import { defaultLimits, type SpanLimits } from './tracer/settings.ts';

export interface Config {
  readonly disabled: boolean;
  readonly logLevel: LogLevel;
  readonly serviceName: string | undefined;
  /** From `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes: ReadonlyMap<string, string>;
  /** `none` makes ids for propagation only, and sends nothing. */
  readonly exporter: ExporterName;
  readonly endpoint: Endpoint;
  readonly sampler: { readonly name: string; readonly argument: string | undefined };
  readonly propagators: readonly string[];
  readonly batch: BatchSettings;
  readonly limits: SpanLimits;
  /** Names of libraries that are not traced. */
  readonly disabledLibraries: ReadonlySet<string>;
  /** Undefined where all that are not disabled are on. */
  readonly enabledLibraries: ReadonlySet<string> | undefined;
  /** `SIGHTLINE_MAX_CPU`: what the agent may take of a core, in percent; undefined where it may take what it needs. */
  readonly maxCpuPercent: number | undefined;
  /** `SIGHTLINE_REPORT` */
  readonly report: ReportSettings | undefined;
  /** What could not be read, each a sentence for the log. */
  readonly problems: readonly string[];
}

/** What the agent says about itself when the process ends. */
export interface ReportSettings {
  readonly format: 'text' | 'json';
  /** Gets the report at its end; undefined for stderr. */
  readonly file: string | undefined;
}

export interface BatchSettings {
  /** The longest that a finished span waits before it is sent. */
  readonly scheduleDelayMs: number;
  /** Spans that wait for a backend; beyond it the oldest are dropped. Always bounded by bytes too. */
  readonly maxQueueSize: number;
  /** Spans in one request at most. */
  readonly maxExportBatchSize: number;
}

type ExporterName = (typeof knownExporters)[number];

const knownExporters = ['otlp', 'jaeger', 'zipkin', 'console', 'none'] as const;
const knownPropagators = ['tracecontext', 'baggage', 'none'];

export function readConfig(environment: Environment): Config {
  const env = new EnvReader(environment);
  const resourceAttributes = readResourceAttributes(env);
  const exporter = readExporter(env);
  return {
    disabled: env.boolean('OTEL_SDK_DISABLED'),
    logLevel: readLogLevel(env),
    serviceName: env.text('OTEL_SERVICE_NAME') ?? resourceAttributes.get('service.name'),
    resourceAttributes,
    exporter,
    endpoint: readEndpoint(env, exporter === 'none' ? 'otlp' : exporter),
    sampler: {
      name: env.text('OTEL_TRACES_SAMPLER')?.toLowerCase() ?? 'parentbased_always_on',
      argument: env.text('OTEL_TRACES_SAMPLER_ARG'),
    },
    propagators: readPropagators(env),
    batch: readBatch(env),
    limits: readLimits(env),
    disabledLibraries: new Set(env.list('OTEL_NODE_DISABLED_INSTRUMENTATIONS')),
    enabledLibraries: readEnabled(env),
    maxCpuPercent: readMaxCpu(env),
    report: readReport(env),
    problems: env.problems,
  };
}

function readLogLevel(env: EnvReader): LogLevel {
  const text = env.text('OTEL_LOG_LEVEL');
  if (text === undefined) return 'none';
  const level = parseLogLevel(text);
  if (level === undefined) env.reject('OTEL_LOG_LEVEL', text, 'none, error, warn, info, debug, verbose or all', 'none');
  return level ?? 'none';
}

function readResourceAttributes(env: EnvReader): Map<string, string> {
  const name = 'OTEL_RESOURCE_ATTRIBUTES';
  const text = env.text(name);
  const attributes = text === undefined ? new Map<string, string>() : readPairs(text);
  if (attributes !== undefined) return attributes;
  // All or nothing, as the specification wants it.
  env.reject(name, text ?? '', 'key=value pairs with percent-encoding', 'none of them');
  return new Map();
}

/** One: of several the first that is known. */
function readExporter(env: EnvReader): ExporterName {
  const names = env.list('OTEL_TRACES_EXPORTER');
  const first = names.find(isExporter) ?? 'otlp';
  if (names.length > 1 || (names.length === 1 && names[0] !== first)) {
    env.reject('OTEL_TRACES_EXPORTER', names.join(','), `one of ${knownExporters.join(', ')}`, first);
  }
  return first;
}

function isExporter(name: string): name is ExporterName {
  return knownExporters.some((known) => known === name);
}

function readPropagators(env: EnvReader): string[] {
  const names = env.list('OTEL_PROPAGATORS');
  const known = names.filter((name) => knownPropagators.includes(name));
  if (known.length < names.length) {
    env.reject(
      'OTEL_PROPAGATORS',
      names.join(','),
      knownPropagators.join(', '),
      known.join(',') || 'tracecontext,baggage',
    );
  }
  return known.length > 0 ? known : ['tracecontext', 'baggage'];
}

function readBatch(env: EnvReader): BatchSettings {
  return {
    // Not the specification's 5,000: a person who has just made a request wants to see its trace.
    scheduleDelayMs: env.count('OTEL_BSP_SCHEDULE_DELAY', 500),
    maxQueueSize: env.count('OTEL_BSP_MAX_QUEUE_SIZE', Number.POSITIVE_INFINITY, 1),
    maxExportBatchSize: env.count('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 4_096, 1),
  };
}

function readLimits(env: EnvReader): SpanLimits {
  const anyCount = env.count('OTEL_ATTRIBUTE_COUNT_LIMIT', defaultLimits.attributeCount);
  const anyLength = env.count('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', defaultLimits.attributeValueLength);
  return {
    attributeCount: env.count('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', anyCount),
    attributeValueLength: env.count('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', anyLength),
    eventCount: env.count('OTEL_SPAN_EVENT_COUNT_LIMIT', defaultLimits.eventCount),
    linkCount: env.count('OTEL_SPAN_LINK_COUNT_LIMIT', defaultLimits.linkCount),
    attributeCountPerEvent: env.count('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', defaultLimits.attributeCountPerEvent),
    attributeCountPerLink: env.count('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', defaultLimits.attributeCountPerLink),
  };
}

function readMaxCpu(env: EnvReader): number | undefined {
  const text = env.text('SIGHTLINE_MAX_CPU');
  if (text === undefined) return undefined;
  const percent = Number(text.replace(/ ?%$/, ''));
  if (percent === 0) return undefined;
  if (percent > 0 && percent <= 100) return percent;
  env.reject('SIGHTLINE_MAX_CPU', text, 'percent of a core, above 0 to 100', 'no limit');
  return undefined;
}

/** `1`, `json`, or `json:FILE`. */
function readReport(env: EnvReader): ReportSettings | undefined {
  const text = env.text('SIGHTLINE_REPORT');
  const word = text?.toLowerCase();
  if (text === undefined || word === '0' || word === 'false') return undefined;
  if (word === '1' || word === 'true') return { format: 'text', file: undefined };
  if (word === 'json') return { format: 'json', file: undefined };
  if (text.startsWith('json:') && text.length > 5) return { format: 'json', file: text.slice(5) };
  env.reject('SIGHTLINE_REPORT', text, '1, json or json:FILE', 'no report');
  return undefined;
}

function readEnabled(env: EnvReader): ReadonlySet<string> | undefined {
  const names = env.list('OTEL_NODE_ENABLED_INSTRUMENTATIONS');
  return names.length > 0 ? new Set(names) : undefined;
}
