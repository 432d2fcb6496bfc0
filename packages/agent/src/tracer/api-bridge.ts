/**
 * Puts our tracer behind `@opentelemetry/api`, whichever 1.x version of it the program has, however
 * many copies, loaded before or after, without having one ourselves.
 *
 * All copies share a registry, an object at `Symbol.for('opentelemetry.js.api.1')` on globalThis:
 *
 *     { version: '1.9.0', trace, context, propagation, metrics, logs, diag }
 *
 * A copy *reads* from it only if the registry's version is no lower than its own (the minor
 * counts), so ours is higher than any. But it *registers* there (a meter provider, a diag logger,
 * which the agent must not get in the way of) only if that version is exactly its own. Since a
 * registering copy first assigns the registry to globalThis again, and a reading one does not, a
 * setter there tells the two apart; then the registering copy is told its own version.
 *
 * Who registers first wins, as the API has it. A program that sets up an OpenTelemetry SDK of its
 * own under the agent is answered `false`: what goes through the global API goes to Sightline, once;
 * tracers taken from its own provider work on, as children of our spans. It can have the global
 * API back with `trace.disable()` before its set-up, and `OTEL_SDK_DISABLED` switches us off. An
 * SDK registered before us stays.
 */
import { guard } from '../guard.ts';
import { contextManager } from './api-context-manager.ts';
import { propagator } from './api-propagator.ts';
import { tracerProvider } from './api-tracer.ts';
import { callerVersion } from './api-version.ts';

const registryKey = Symbol.for('opentelemetry.js.api.1');

/** No lower than the version of any reader. */
const highestVersion = '1.999.0';

type Registry = Record<string, unknown>;

/** @returns false where a tracer provider is registered already */
export function registerApi(): boolean {
  const globals = globalThis as { [registryKey]?: Registry };
  const earlier = globals[registryKey];
  if (earlier?.trace) return false;
  const { version: _, ...others } = earlier ?? {};
  const registry: Registry = { ...others, trace: tracerProvider, context: contextManager, propagation: propagator };
  let isRegistering = false;
  const version = (): string => {
    if (!isRegistering) return highestVersion;
    isRegistering = false;
    return versionOfCaller(version) ?? highestVersion;
  };
  Object.defineProperty(registry, 'version', { get: version, enumerable: true });
  Object.defineProperty(globalThis, registryKey, {
    configurable: true,
    enumerable: true,
    get: () => registry,
    set(value: unknown): void {
      if (value === registry) isRegistering = true;
      else
        Object.defineProperty(globalThis, registryKey, { value, writable: true, configurable: true, enumerable: true });
    },
  });
  return true;
}

const versionOfCaller = guard('api.register', callerVersion);
