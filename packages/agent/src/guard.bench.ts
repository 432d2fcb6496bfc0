import { channel } from 'node:diagnostics_channel';
import { guard } from './guard.ts';

const unheard = channel('bench.unheard');
const heard = channel('bench.heard');
const guarded = channel('bench.guarded');
let calls = 0;
const subscriber = (): void => {
  calls++;
};
heard.subscribe(subscriber);
guarded.subscribe(guard('bench.subscriber', subscriber));

const message = { request: {} };
const guardedCall = guard('bench.call', (a: number, b: number) => a + b + calls);

export const benches = {
  'a guarded call': () => guardedCall(calls++, 2),
  'publish, nobody subscribed': () => unheard.hasSubscribers && unheard.publish(message),
  'publish, one subscriber': () => heard.hasSubscribers && heard.publish(message),
  'publish, one that is guarded': () => guarded.hasSubscribers && guarded.publish(message),
};
