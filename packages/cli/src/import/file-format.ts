/** Which format a file has: told by how it begins, since names of files say little. */
import type { ItemPlace } from './json-items.ts';

export const formatNames = ['otlp-json', 'otlp-jsonl', 'otlp-proto', 'jaeger', 'zipkin'] as const;
export type FormatName = (typeof formatNames)[number];

export type FileFormat =
  | { readonly encoding: 'json'; readonly name: 'otlp' | 'jaeger' | 'zipkin'; readonly items: ItemPlace }
  | { readonly encoding: 'protobuf'; readonly framing: Framing };

/**
 * `none`: one `TracesData`. Else many, with their length before each: `fixed`, in four bytes, is what the Collector's
 * file exporter writes; `varint` is protobuf's habit, and OpenTelemetry's specification.
 */
export type Framing = 'none' | 'fixed' | 'varint';

/** So much of a file is looked at. */
export const headBytes: number = 64 * 1024;

/** @returns undefined for what is none of them */
export function formatOf(head: Uint8Array): FileFormat | undefined {
  const text = Buffer.from(head.subarray(0, headBytes)).toString('latin1').replace(/^ï»¿/, '').trimStart();
  if (text.startsWith('{') || text.startsWith('[')) return jsonFormat(text);
  const framing = framingOf(head);
  return framing && { encoding: 'protobuf', framing };
}

/** Of a file that is said to have this format, however it begins. */
export function formatNamed(name: FormatName, head: Uint8Array): FileFormat {
  const found = formatOf(head);
  if (name === 'otlp-proto') return found?.encoding === 'protobuf' ? found : { encoding: 'protobuf', framing: 'none' };
  const wanted = name === 'jaeger' || name === 'zipkin' ? name : 'otlp';
  if (found?.encoding === 'json' && found.name === wanted) return found;
  return { encoding: 'json', name: wanted, items: usualItems[wanted] };
}

const usualItems: Record<'otlp' | 'jaeger' | 'zipkin', ItemPlace> = {
  otlp: { member: 'resourceSpans' },
  jaeger: { member: 'data' },
  zipkin: 'array',
};

/** By the first name that only one of them has. */
function jsonFormat(text: string): FileFormat | undefined {
  if (/^\[\s*\]\s*$/.test(text)) return { encoding: 'json', name: 'zipkin', items: 'array' };
  const first = /"(resourceSpans|resource_spans|traceID|traceId|data)"\s*:/.exec(text);
  const name = first?.[1] ?? '';
  const outermost: ItemPlace = text.startsWith('[') ? 'array' : 'values';
  if (name.startsWith('resource')) return { encoding: 'json', name: 'otlp', items: { member: name } };
  if (name === 'traceId') return { encoding: 'json', name: 'zipkin', items: outermost };
  if (name === 'traceID') return { encoding: 'json', name: 'jaeger', items: outermost };
  const isList =
    name === 'data' &&
    /^"data"\s*:\s*\[\s*(\]|\{\s*"(traceID|spans|processes|warnings)")/.test(text.slice(first?.index));
  return isList ? { encoding: 'json', name: 'jaeger', items: usualItems.jaeger } : undefined;
}

const resourceSpansTag = 0x0a;

function framingOf(head: Uint8Array): Framing | undefined {
  if (head[0] === resourceSpansTag) return 'none';
  if (head[0] === 0 && head[4] === resourceSpansTag) return 'fixed';
  const lengthBytes = head.findIndex((byte) => byte < 0x80) + 1;
  return lengthBytes > 0 && lengthBytes <= 5 && head[lengthBytes] === resourceSpansTag ? 'varint' : undefined;
}
