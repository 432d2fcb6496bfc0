import { type TracesData, zipkinSpans } from '@sightline/wire';
import { builtin } from '../builtin.ts';

export function zipkinJson(traces: TracesData): string {
  return JSON.stringify(zipkinSpans(traces, builtin<typeof import('node:net')>('node:net').isIP));
}
