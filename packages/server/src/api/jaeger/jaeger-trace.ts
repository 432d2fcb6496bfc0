/** A trace in the JSON of Jaeger's UI and its legacy API. */
import {
  durationMicrosOf,
  type InstrumentationScope,
  type KeyValue,
  microsOf,
  type Span,
  type TracesData,
  textOf,
} from '@sightline/wire';
import { flagsOf, logFields, processOf, referencesOf, spanTags } from './span-tags.ts';

export interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
  processes: Record<string, JaegerProcess>;
  warnings: null;
}

interface JaegerSpan {
  traceID: string;
  spanID: string;
  flags?: number;
  operationName: string;
  references: { refType: 'CHILD_OF' | 'FOLLOWS_FROM'; traceID: string; spanID: string }[];
  /** Microseconds since 1970. */
  startTime: number;
  /** Microseconds. */
  duration: number;
  tags: JaegerTag[];
  logs: { timestamp: number; fields: JaegerTag[] }[];
  processID: string;
  warnings: null;
}

interface JaegerProcess {
  serviceName: string;
  tags: JaegerTag[];
}

interface JaegerTag {
  key: string;
  type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  value: string | boolean | number;
}

export function jaegerTrace(traceId: string, trace: TracesData): JaegerTrace {
  const processes: Record<string, JaegerProcess> = {};
  const spans: JaegerSpan[] = [];
  for (const [index, resourceSpans] of trace.resourceSpans.entries()) {
    const processId = `p${index + 1}`;
    const { serviceName, tags } = processOf(resourceSpans);
    processes[processId] = { serviceName, tags: tags.map(tagOf) };
    for (const { scope, spans: ofScope } of resourceSpans.scopeSpans) {
      for (const span of ofScope) spans.push(jaegerSpan(span, scope, processId));
    }
  }
  spans.sort((a, b) => a.startTime - b.startTime);
  return { traceID: traceId, spans, processes, warnings: null };
}

function jaegerSpan(span: Span, scope: InstrumentationScope | undefined, processID: string): JaegerSpan {
  const flags = flagsOf(span);
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    ...(flags === 0 ? {} : { flags }),
    operationName: span.name,
    references: referencesOf(span).map(({ type, traceId, spanId }) => ({
      refType: type,
      traceID: traceId,
      spanID: spanId,
    })),
    startTime: Number(microsOf(span.startTimeUnixNano)),
    duration: Number(durationMicrosOf(span)),
    tags: spanTags(span, scope).map(tagOf),
    logs: (span.events ?? []).map((event) => ({
      timestamp: Number(microsOf(event.timeUnixNano)),
      fields: logFields(event).map(tagOf),
    })),
    processID,
    warnings: null,
  };
}

function tagOf({ key, value }: KeyValue): JaegerTag {
  if (value.boolValue !== undefined) return { key, type: 'bool', value: value.boolValue };
  if (value.intValue !== undefined) return { key, type: 'int64', value: safeInteger(value.intValue) };
  if (value.doubleValue !== undefined) return { key, type: 'float64', value: value.doubleValue };
  if (value.bytesValue !== undefined) return { key, type: 'binary', value: value.bytesValue };
  return { key, type: 'string', value: textOf(value) };
}

/** As Jaeger does: a number where JavaScript can hold it, else its digits. */
function safeInteger(digits: string): number | string {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}
