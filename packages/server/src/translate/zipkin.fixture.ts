/** For tests of Zipkin's translators. */
import { readFileSync } from 'node:fs';
import { type KeyValue, readTraces, type Span } from '@sightline/wire';
import type { Translation } from './translation.ts';
import { translateZipkinJson } from './zipkin-json.ts';

export function zipkinFixture(name: string): Buffer {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url));
}

export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

export interface FlatSpan extends Omit<Span, 'attributes'> {
  service: string | undefined;
  attributes: Record<string, unknown>;
}

/** Spans by start time and kind, each with its service; attributes by key. */
export function spansOf({ payload }: Translation): FlatSpan[] {
  return readTraces(payload)
    .resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map(({ attributes, ...span }) => ({
          service: plain(resource?.attributes)['service.name'] as string | undefined,
          ...span,
          attributes: plain(attributes),
        })),
      ),
    )
    .sort((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
}

/** Integers as bigints. */
export function plain(attributes: KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.intValue === undefined
        ? (value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue)
        : BigInt(value.intValue),
    ]),
  );
}

/** The one span that a v2 span becomes which has these fields besides its ids. */
export function translated(fields: object): FlatSpan {
  const [span, ...others] = spansOf(translateZipkinJson(jsonBytes([{ traceId: '1', id: '2', ...fields }])));
  if (!span || others.length > 0) throw new Error(`${others.length + (span ? 1 : 0)} spans`);
  return span;
}
