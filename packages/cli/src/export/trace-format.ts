/** The formats that traces are written in: what stands around them, and how one trace is asked for and written. */
import { isIP } from 'node:net';
import { zipkinSpans } from '@sightline/wire';
import type { BackendApi } from '../backend-api.ts';

export interface TraceFormat {
  readonly before: string;
  readonly between: string;
  readonly after: string;
  /** Empty where nothing of the trace has a form in it. */
  write(api: BackendApi, traceId: string): Promise<string>;
}

export type ExportFormat = 'otlp-jsonl' | 'otlp-json' | 'jaeger' | 'zipkin';

export const traceFormats: Readonly<Record<ExportFormat, TraceFormat>> = {
  'otlp-jsonl': {
    before: '',
    between: '',
    after: '',
    write: async (api, traceId) => `${JSON.stringify(await api.trace(traceId))}\n`,
  },
  'otlp-json': {
    before: '{"resourceSpans":[',
    between: ',\n',
    after: ']}\n',
    write: async (api, traceId) => listed((await api.trace(traceId)).resourceSpans),
  },
  jaeger: {
    before: '{"data":[',
    between: ',\n',
    after: ']}\n',
    write: async (api, traceId) => listed(await api.jaegerTraces(traceId)),
  },
  zipkin: {
    before: '[',
    between: ',\n',
    after: ']\n',
    write: async (api, traceId) => listed(zipkinSpans(await api.trace(traceId), isIP)),
  },
};

function listed(items: readonly unknown[]): string {
  return items.map((item) => JSON.stringify(item)).join(',\n');
}
