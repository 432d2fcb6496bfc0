/** What became of this thread's spans, in plain numbers that cost nothing to keep; the report and the budget read them. */
export interface Counters {
  /** Ended, and encoded for the backend. */
  spans: number;
  /** Acknowledged by the backend, without those that it rejected. */
  sent: number;
  /** Given up while the backend was away, to keep within the queue's limit. */
  droppedQueueFull: number;
  /** In requests that the backend refused for good. */
  droppedRefused: number;
  /** Single spans that the backend rejected (OTLP's partial success). */
  droppedRejected: number;
  /** Single spans that the format has no room for. */
  droppedTooLarge: number;
  /** Written to the backend, answered or not. */
  requests: number;
  /** Bodies of those requests, as they went over the wire. */
  bytes: number;
  /** Traces that the budget left out at their start, and that did not turn out exceptional. */
  unsampled: number;
  /** Failed or slow requests among those left out, each kept as one span. */
  keptExceptional: number;
  /** Why the backend was not reached, or did not take what it got, the last time; empty where nothing failed. */
  lastProblem: string;
}

/** @param bytes of the body */
export function countRequest(bytes: number): void {
  counters.requests++;
  counters.bytes += bytes;
}

export const counters: Counters = {
  spans: 0,
  sent: 0,
  droppedQueueFull: 0,
  droppedRefused: 0,
  droppedRejected: 0,
  droppedTooLarge: 0,
  requests: 0,
  bytes: 0,
  unsampled: 0,
  keptExceptional: 0,
  lastProblem: '',
};
