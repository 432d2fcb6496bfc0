import type { TraceSummary } from '@sightline/wire';
import { findOrphanCounts } from '../../query/orphans.ts';
import type { ReadableStore } from '../../store/store.ts';

/** A trace without its spans, as all of Jaeger's newer APIs tell it. */
export interface JaegerSummary {
  traceId: string;
  rootServiceName: string;
  rootOperationName: string;
  minStartTimeUnixNano: string;
  maxEndTimeUnixNano: string;
  spanCount: number;
  errorSpanCount: number;
  /** Those whose parent is not in the trace. */
  orphanSpanCount: number;
  /** By name. */
  services: { name: string; spanCount: number; errorSpanCount: number }[];
}

export async function jaegerSummaries(store: ReadableStore, found: readonly TraceSummary[]): Promise<JaegerSummary[]> {
  const orphans = await findOrphanCounts(
    store,
    found.map(({ traceId }) => traceId),
  );
  return found.map((summary) => jaegerSummary(summary, orphans.get(summary.traceId) ?? 0));
}

function jaegerSummary(summary: TraceSummary, orphanSpanCount: number): JaegerSummary {
  const { traceId, rootServiceName, rootSpanName, startUnixNano, durationNano, spanCount, errorCount } = summary;
  return {
    traceId,
    rootServiceName,
    rootOperationName: rootSpanName,
    minStartTimeUnixNano: startUnixNano,
    maxEndTimeUnixNano: String(BigInt(startUnixNano) + BigInt(durationNano)),
    spanCount,
    errorSpanCount: errorCount,
    orphanSpanCount,
    services: summary.services
      .map((service) => ({
        name: service.name,
        spanCount: service.spanCount,
        errorSpanCount: service.errorCount,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
