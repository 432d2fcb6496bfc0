/**
 * Adds the headers of a context to a request that `node:http` has made. Where the program gave its
 * headers as an array, or expects `100 Continue`, their text stands already and is waiting to be
 * sent: the lines go into it.
 */
import type { ClientRequest } from 'node:http';
import type { Context } from '../tracer/context.ts';
import type { NonRecordingSpan } from '../tracer/non-recording-span.ts';
import { injectSpan } from '../tracer/propagation.ts';

interface Pending {
  _header?: string | null;
  _headerSent?: boolean;
  /** What waits for the connection. */
  outputData?: { data: unknown }[];
  outputSize?: number;
}

/** The request at hand, so that no function has to be made for each. */
let target: ClientRequest | undefined;
let lines = '';

export function injectInto(request: ClientRequest, span: NonRecordingSpan, baggage: Context['baggage']): void {
  const pending = request as Pending;
  if (typeof pending._header !== 'string') {
    target = request;
    injectSpan(span, baggage, setHeader);
    target = undefined;
    return;
  }
  lines = '';
  injectSpan(span, baggage, addLine);
  if (lines !== '') replaceText(pending, pending._header, withLines(pending._header, lines));
}

function replaceText(pending: Pending, header: string, text: string): void {
  if (pending._headerSent === true) {
    const queued = pending.outputData?.[0];
    if (queued?.data !== header) return; // on the wire already
    queued.data = text;
    pending.outputSize = (pending.outputSize ?? 0) + text.length - header.length;
  }
  pending._header = text;
}

function setHeader(name: string, value: string): void {
  target?.setHeader(name, value);
}

function addLine(name: string, value: string): void {
  lines += `${name}: ${value}\r\n`;
}

/** A caller's headers that the program merely passes on give way: two of them would be none. */
function withLines(header: string, added: string): string {
  const kept = header.replace(/\r\n(?:traceparent|tracestate):[^\r\n]*/gi, '');
  const start = kept.indexOf('\r\n') + 2;
  return kept.slice(0, start) + added + kept.slice(start);
}
