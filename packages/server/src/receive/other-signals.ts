/** What OTLP carries besides traces, and we do not take. */
export const otherSignals = ['metrics', 'logs'] as const;

export function otherSignalText(signal: (typeof otherSignals)[number]): string {
  return `Sightline takes traces only, no ${signal}: set OTEL_${signal.toUpperCase()}_EXPORTER=none.`;
}
