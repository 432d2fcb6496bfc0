import { contextWithSpan, rootContext } from './context.ts';
import { NonRecordingSpan } from './non-recording-span.ts';
import { extract, inject } from './propagation.ts';
import { readTraceParent } from './trace-parent.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const { traceId } = readTraceParent(traceparent, '') as NonRecordingSpan;
const baggage = 'userId=alice,serverNode=DF%2028';
const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';

let sent = 0;
const count = (_name: string, value: string): void => {
  sent += value.length;
};

/** Another span each time, as every request has one; the trace is the same. */
function injectNew(): void {
  inject(contextWithSpan(rootContext, new NonRecordingSpan(traceId, 1, sent | 1, 1, false, '')), count);
}

export const benches = {
  'extract, no header': () => extract({}),
  'extract traceparent': () => extract({ traceparent }),
  'extract all three headers': () => extract({ traceparent, tracestate, baggage }),
  inject: injectNew,
};
