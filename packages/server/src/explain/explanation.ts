import {
  type AnyValue,
  type ExplanationResponse,
  type KeyValue,
  type TracedSpan,
  type TracesData,
  tracedSpans,
} from '@sightline/wire';
import { type BlamableSpan, findBlame } from './blame.ts';
import { criticalPath } from './critical-path.ts';

/** Where the time of a trace went. */
export function explain(traceId: string, trace: TracesData): ExplanationResponse {
  const spans = tracedSpans(trace).map(blamableSpan);
  const path = criticalPath(spans);
  const blame = findBlame(spans, path);
  return {
    traceId,
    startUnixNano: String(path.startUnixNano),
    durationNano: String(path.endUnixNano - path.startUnixNano),
    criticalPath: path.segments.map((segment) => ({
      spanId: spans[segment.span]?.spanId ?? '',
      startUnixNano: String(segment.startUnixNano),
      endUnixNano: String(segment.endUnixNano),
      ...(segment.clockShiftNano === 0n ? {} : { clockShiftNano: String(segment.clockShiftNano) }),
    })),
    ...(blame ? { blame } : {}),
  };
}

function blamableSpan({ span, ...traced }: TracedSpan): BlamableSpan {
  const peer = peerOf(span.attributes);
  return {
    ...traced,
    name: span.name,
    failed: span.status?.code === 2,
    statusMessage: span.status?.message ?? '',
    ...(peer ? { peer } : {}),
  };
}

/** The stable conventions first, then the names that they replaced. */
function peerOf(attributes: KeyValue[] | undefined): string | undefined {
  const database = text(attributes, 'db.system.name') ?? text(attributes, 'db.system');
  if (database) return `the ${database} database`;
  const address =
    text(attributes, 'server.address') ?? text(attributes, 'net.peer.name') ?? text(attributes, 'peer.service');
  const port = text(attributes, 'server.port') ?? text(attributes, 'net.peer.port');
  return address && port && !standardPorts.has(port) ? `${address}:${port}` : address;
}

const standardPorts = new Set(['80', '443']);

function text(attributes: KeyValue[] | undefined, key: string): string | undefined {
  const value: AnyValue | undefined = attributes?.find((attribute) => attribute.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}
