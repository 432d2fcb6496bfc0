/**
 * OTLP as messages for an agent of Jaeger's, each small enough for a datagram:
 *
 *     82 81 00 09 "emitBatch"   1c   1c Process   19 list head, Span, Span, …   00   00
 *     └── one-way message ──┘ batch  └──────────────── Batch ───────────────────┘  end of arguments
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/agent.thrift
 */
import type { Resource, TracesData } from '@sightline/wire';
import type { Translation } from '../export/protocol.ts';
import { jaegerProcess, jaegerSpan } from './jaeger-structs.ts';
import { ThriftCompactWriter } from './thrift-compact-writer.ts';

/** Up to the process, which is the batch's first field. */
const head = Buffer.from('\x82\x81\x00\x09emitBatch\x1c\x1c', 'latin1');
/** The batch's second field, a list. */
const spansField = Buffer.of(0x19);
const tail = Buffer.of(0x00, 0x00);
const maxListHeadBytes = 4;

interface Batch {
  readonly process: Uint8Array;
  readonly spans: Uint8Array[];
  sizeBytes: number;
}

/** Spans that are alone too large are left out. */
export function jaegerDatagrams({ resourceSpans }: TracesData, maxBytes: number): Translation {
  const writer = new ThriftCompactWriter();
  const batches: Batch[] = [];
  let omittedSpans = 0;
  for (const { resource, scopeSpans } of resourceSpans) {
    const process = encodeProcess(writer, resource);
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) {
        jaegerSpan(writer, span, scope);
        if (!addSpan(batches, process, writer.take(), maxBytes)) omittedSpans++;
      }
    }
  }
  return { body: batches.map((batch) => datagramOf(writer, batch)), omittedSpans };
}

function encodeProcess(writer: ThriftCompactWriter, resource: Resource | undefined): Uint8Array {
  jaegerProcess(writer, resource);
  return writer.take();
}

/** Into the last batch where there is room and the process is the same, or into a new one. */
function addSpan(batches: Batch[], process: Uint8Array, span: Uint8Array, maxBytes: number): boolean {
  const last = batches.at(-1);
  if (last !== undefined && last.sizeBytes + span.length <= maxBytes && isSame(last.process, process)) {
    last.spans.push(span);
    last.sizeBytes += span.length;
    return true;
  }
  const sizeBytes = head.length + process.length + 1 + maxListHeadBytes + span.length + tail.length;
  if (sizeBytes > maxBytes) return false;
  batches.push({ process, spans: [span], sizeBytes });
  return true;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one === other || Buffer.compare(one, other) === 0;
}

function datagramOf(writer: ThriftCompactWriter, { process, spans }: Batch): Buffer {
  writer.listHead(spans.length);
  return Buffer.concat([head, process, spansField, writer.take(), ...spans, tail]);
}
