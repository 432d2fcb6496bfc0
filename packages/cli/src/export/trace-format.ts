/** The formats that traces are written in: what stands around them, and how some of them are asked for and written. */
import { isIP } from 'node:net';
import { type TracesData, zipkinSpans } from '@sightline/wire';
import type { BackendApi } from '../backend-api.ts';

export interface TraceFormat {
  readonly before: string;
  readonly between: string;
  readonly after: string;
  /** Without those that are not there. */
  read(api: BackendApi, traceIds: readonly string[]): Promise<WrittenTrace[]>;
}

export interface WrittenTrace {
  text: string;
  spanCount: number;
}

export type ExportFormat = 'otlp-jsonl' | 'otlp-json' | 'jaeger' | 'zipkin';

export const traceFormats: Readonly<Record<ExportFormat, TraceFormat>> = {
  'otlp-jsonl': { before: '', between: '', after: '', read: otlp((trace) => `${JSON.stringify(trace)}\n`) },
  'otlp-json': {
    before: '{"resourceSpans":[',
    between: ',\n',
    after: ']}\n',
    read: otlp(({ resourceSpans }) => listed(resourceSpans)),
  },
  zipkin: { before: '[', between: ',\n', after: ']\n', read: otlp((trace) => listed(zipkinSpans(trace, isIP))) },
  jaeger: {
    before: '{"data":[',
    between: ',\n',
    after: ']}\n',
    read: async (api, traceIds) => {
      const traces = await api.jaegerTraces(traceIds);
      return traces.map((trace) => ({ text: JSON.stringify(trace), spanCount: trace.spans.length }));
    },
  },
};

function otlp(write: (trace: TracesData) => string): TraceFormat['read'] {
  return async (api, traceIds) => {
    const traces = await api.wholeTraces(traceIds);
    return traces.map(({ resourceSpans }) => ({
      text: write({ resourceSpans }),
      spanCount: spanCountOf({ resourceSpans }),
    }));
  };
}

function spanCountOf({ resourceSpans }: TracesData): number {
  let spanCount = 0;
  for (const { scopeSpans } of resourceSpans) for (const { spans } of scopeSpans) spanCount += spans.length;
  return spanCount;
}

function listed(items: readonly unknown[]): string {
  return items.map((item) => JSON.stringify(item)).join(',\n');
}
