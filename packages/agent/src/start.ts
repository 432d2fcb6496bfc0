/** dist/agent.cjs: puts the agent together; the only file that knows all of its parts. */
import { type BatchSettings, type Config, readConfig } from './config.ts';
import { onExit } from './export/exit.ts';
import { Exporter } from './export/exporter.ts';
import { Signals } from './export/signals.ts';
import { guard } from './guard.ts';
import { libraries, startLibraries } from './libraries/table.ts';
import { describe, log, setLogLevel, writeLine } from './log.ts';
import { detectResource, findMainScript } from './resource.ts';
import { isHooksThread, isMainThread } from './thread.ts';
import { registerApi } from './tracer/api-bridge.ts';
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
  if (config.exporter === 'none') configureTracer({ sampler, limits: config.limits, onEnd: ignore });
  else startExporting(config, sampler, folder);
  if (!registerApi()) log('warn', 'another OpenTelemetry SDK is registered already: spans made by hand go there');
  startLibraries(disabledLibraries(config), folder);
}

function startExporting(config: Config, sampler: Sampler, folder: string): void {
  const flush = guard('exit.flush', () => exporter.flushAtExit());
  const signals = isMainThread ? new Signals(flush) : undefined;
  const exporter = new Exporter({
    endpoint: config.endpoint,
    batch: isMainThread ? config.batch : inWorker(config.batch),
    resource: detectResource(config, findMainScript()),
    userAgent: `sightline-agent/${agentVersion}`,
    folder,
    onUnsent: (hasUnsent) => (hasUnsent ? signals?.listen() : signals?.stop()),
  });
  onExit(flush);
  configureTracer({
    sampler: tellSampled(sampler, exporter.expectSpan),
    limits: config.limits,
    onEnd: (span: Span) => exporter.add(span),
  });
}

/** The main thread may end a worker at any moment, and tells it nothing: its spans leave soon. */
function inWorker(batch: BatchSettings): BatchSettings {
  return { ...batch, scheduleDelayMs: Math.min(batch.scheduleDelayMs, 20) };
}

/** Every span asks the sampler first, which makes it the place to learn that one starts. */
function tellSampled(sampler: Sampler, onSampled: () => void): Sampler {
  return {
    description: sampler.description,
    isSampled(traceId, parentSampled) {
      const isSampled = sampler.isSampled(traceId, parentSampled);
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

function ignore(): void {}
