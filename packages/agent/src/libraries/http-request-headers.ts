/**
 * The headers of a request that the agent looks at, straight from what the parser delivered. Node makes its
 * `headers` object when it is first asked for, which takes 0.5 µs and leaves 600 bytes behind: a program that
 * never looks should not pay for it because of us.
 */
import type { IncomingMessage } from 'node:http';

/** What {@link readHeaders} found, until its next call: no allocation. Each as `IncomingMessage.headers` would have it. */
export const found: {
  host: string | undefined;
  userAgent: string | undefined;
  traceParent: string | undefined;
  traceState: string | undefined;
  baggage: string | undefined;
  forwardedFor: string | undefined;
} = {
  host: undefined,
  userAgent: undefined,
  traceParent: undefined,
  traceState: undefined,
  baggage: undefined,
  forwardedFor: undefined,
};

export function readHeaders({ rawHeaders }: IncomingMessage): void {
  found.host = undefined;
  found.userAgent = undefined;
  found.traceParent = undefined;
  found.traceState = undefined;
  found.baggage = undefined;
  found.forwardedFor = undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) readHeader(rawHeaders[i] as string, rawHeaders[i + 1] as string);
}

/** By the length first, which turns nearly all others down. */
function readHeader(name: string, value: string): void {
  switch (name.length) {
    case 4:
      if (found.host === undefined && is(name, 'host')) found.host = value;
      break;
    case 7:
      if (is(name, 'baggage')) found.baggage = joined(found.baggage, value);
      break;
    case 10:
      if (is(name, 'tracestate')) found.traceState = joined(found.traceState, value);
      else if (found.userAgent === undefined && is(name, 'user-agent')) found.userAgent = value;
      break;
    case 11:
      if (is(name, 'traceparent')) found.traceParent = joined(found.traceParent, value);
      break;
    case 15:
      if (is(name, 'x-forwarded-for')) found.forwardedFor = joined(found.forwardedFor, value);
      break;
  }
}

/** By the first letter before a copy in lower case is made: `connection` is as long as `user-agent`. */
function is(name: string, lower: string): boolean {
  if ((name.charCodeAt(0) | 0x20) !== lower.charCodeAt(0)) return false;
  return name === lower || name.toLowerCase() === lower;
}

/** Two `traceparent` headers become one that is not valid, as the specification wants. */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
