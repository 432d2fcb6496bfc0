/** dist/agent.cjs: puts the agent together; the only file that knows all of its parts. */
import { Budget } from './budget/budget.ts';
import { type BatchSettings, type Config, readConfig } from './config.ts';
import { onExit } from './export/exit.ts';
import { Exporter, type ExporterOptions } from './export/exporter.ts';
import { Signals } from './export/signals.ts';
import { guard } from './guard.ts';
import { libraries, startLibraries } from './libraries/table.ts';
import { describe, log, setLogLevel, writeLine } from './log.ts';
import { countStart } from './own-time.ts';
import { Reporter } from './report/reporter.ts';
import { SpanCounts } from './report/span-counts.ts';
import { detectResource, findMainScript } from './resource.ts';
import { isHooksThread, isMainThread } from './thread.ts';
import { registerApi } from './tracer/api-bridge.ts';
import type { AttributeList } from './tracer/attributes.ts';
import { configurePropagators } from './tracer/propagation.ts';
import { createSampler, type Sampler } from './tracer/sampler.ts';
import type { Span } from './tracer/span.ts';
import { configureTracer } from './tracer/tracer.ts';
import { agentVersion } from './version.ts';

/**
 * Starts tracing in this thread. Never throws.
 * @param folder where the agent's files stand
 */
export function start(folder: string): void {
  try {
    const config = readConfig(process.env);
    if (!config.disabled && !isHooksThread()) startTracing(config, folder);
  } catch (error) {
    writeLine(`sightline: cannot start (${describe(error)}), running untraced`);
  }
}

function startTracing(config: Config, folder: string): void {
  setLogLevel(config.logLevel);
  for (const problem of config.problems) log('warn', problem);
  configurePropagators(config.propagators);
  const { sampler, problem } = createSampler(config.sampler.name, config.sampler.argument);
  if (problem !== undefined) log('warn', problem);
  const budget = config.maxCpuPercent === undefined ? undefined : new Budget(config.maxCpuPercent, sampler);
  const disabled = disabledLibraries(config);
  connect({ config, sampler: budget?.sampler ?? sampler, budget, disabled, folder });
  if (!registerApi()) log('warn', 'another OpenTelemetry SDK is registered already: spans made by hand go there');
  startLibraries(disabled, folder);
  countStart();
  budget?.start();
}

interface Parts {
  readonly config: Config;
  readonly sampler: Sampler;
  readonly budget: Budget | undefined;
  /** Names of libraries. */
  readonly disabled: ReadonlySet<string>;
  readonly folder: string;
}

/** Tracer, exporter, and what happens at the end. */
function connect(parts: Parts): void {
  const { config, sampler, budget } = parts;
  const resource = detectResource(config, findMainScript());
  const flush = guard('exit.flush', () => exporter?.flushAtExit());
  const report = guard('exit.report', () => reporter?.report());
  const end = (): void => {
    flush();
    report();
  };
  const sends = config.exporter !== 'none';
  const signals = isMainThread && (sends || config.report) ? new Signals(end) : undefined;
  const exporter = sends ? new Exporter(exporterOptions(parts, resource, signals)) : undefined;
  const spanCounts = new SpanCounts();
  const reporter = config.report && new Reporter(config.report, { ...parts, resource, spanCounts, exporter });
  if (budget !== undefined && exporter !== undefined) budget.onChange = () => exporter.resourceChanged();
  if (reporter !== undefined) signals?.listen();
  if (exporter !== undefined || reporter !== undefined) onExit(end);
  const onEnd = exporter && ((span: Span) => exporter.add(span));
  configureTracer({
    sampler: exporter === undefined ? sampler : tellSampled(sampler, exporter.expectSpan),
    limits: config.limits,
    onEnd: reporter === undefined ? onEnd : counting(spanCounts, onEnd),
  });
}

function exporterOptions(
  { config, budget, folder }: Parts,
  resource: AttributeList,
  signals: Signals | undefined,
): ExporterOptions {
  return {
    endpoint: config.endpoint,
    batch: isMainThread ? config.batch : inWorker(config.batch),
    resource,
    describeState: () => budget?.describe() ?? [],
    userAgent: `sightline-agent/${agentVersion}`,
    folder,
    // A report is wanted also where everything has been sent.
    onUnsent: (hasUnsent) => (hasUnsent || config.report ? signals?.listen() : signals?.stop()),
  };
}

function counting(spanCounts: SpanCounts, onEnd: ((span: Span) => void) | undefined): (span: Span) => void {
  return (span) => {
    spanCounts.add(span);
    onEnd?.(span);
  };
}

/** The main thread may end a worker at any moment, and tells it nothing: its spans leave soon. */
function inWorker(batch: BatchSettings): BatchSettings {
  return { ...batch, scheduleDelayMs: Math.min(batch.scheduleDelayMs, 20) };
}

/** Every span asks the sampler first, which makes it the place to learn that one starts. */
function tellSampled(sampler: Sampler, onSampled: () => void): Sampler {
  return {
    description: sampler.description,
    isSampled(traceId, parentSampled, parentIsRemote) {
      const isSampled = sampler.isSampled(traceId, parentSampled, parentIsRemote);
      if (isSampled) onSampled();
      return isSampled;
    },
  };
}

function disabledLibraries({ disabledLibraries, enabledLibraries }: Config): ReadonlySet<string> {
  if (enabledLibraries === undefined) return disabledLibraries;
  const others = libraries.map(({ name }) => name).filter((name) => !enabledLibraries.has(name));
  return new Set([...disabledLibraries, ...others]);
}
