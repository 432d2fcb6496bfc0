import { requestsOf } from '../traffic/shop.mjs';
import { baseNano, Template } from '../traffic/template.mjs';
import { SpanEncoder } from './built.mjs';
import { insertBatch } from './insert-batch.mjs';

const requestSpans = 500;
const requestsPerBatch = 80;
/** 200,000 spans, then the same again at another time, with other ids and users. */
const templateCount = 400;
const dayNano = 86_400_000_000_000n;

/** The traffic of a shop over 24 hours, through the writer's own code, in batches as a busy spool makes them. */
export class Traffic {
  templates;
  passCount;
  #beginNano;

  /**
   * @param spanCount a multiple of 200,000
   * @param beginNano when the day's first span starts, bigint; 2026-07-01T00:00:00Z if nothing is said
   */
  constructor(spanCount, beginNano = BigInt(Date.UTC(2026, 6, 1)) * 1_000_000n) {
    this.#beginNano = beginNano;
    this.passCount = Math.max(1, Math.round(spanCount / (templateCount * requestSpans)));
    const windowNano = dayNano / BigInt(this.passCount);
    const traceAt = (trace) => baseNano + (windowNano * BigInt(trace)) / 20_000n;
    const { requests } = requestsOf(0, templateCount, requestSpans, traceAt);
    this.requests = requests;
    this.templates = requests.map((request) => new Template(request, false));
  }

  /** Of one pass: the bytes of each request, valid until the next. */
  *payloads(pass) {
    const shift = (dayNano / BigInt(this.passCount)) * BigInt(pass);
    for (const template of this.templates) yield template.at(pass, this.#beginNano + shift);
  }

  /** Of some span of a pass: its service, and its name. */
  spanIn(index) {
    const [{ resource, scopeSpans }] = this.requests[index % this.requests.length].resourceSpans;
    const { spans } = scopeSpans[0];
    return { service: resource.attributes[0].value.stringValue, name: spans[index % spans.length].name };
  }

  /** The trace id of some span of a pass, as it was stored. */
  traceIdIn(pass, index) {
    const { spans } = this.requests[index % this.requests.length].resourceSpans[0].scopeSpans[0];
    const { traceId } = spans[index % spans.length];
    const head = (Number.parseInt(traceId.slice(0, 8), 16) ^ pass) >>> 0;
    return head.toString(16).padStart(8, '0') + traceId.slice(8);
  }

  userIn(pass, index) {
    const users = this.templates[index % this.templates.length].usersIn(pass);
    return `user-${String(users[index % users.length]).padStart(5, '0')}`;
  }
}

/** Passes `from` to `to`. */
export async function fill(store, traffic, from, to) {
  const startMs = performance.now();
  let insertMs = 0;
  let encodeMs = 0;
  let spans = 0;
  let receivedAtMs = Math.max(Date.now(), (await store.lastReceivedAtMs()) + 1);
  const encoder = new SpanEncoder();
  const insert = async () => {
    const encodedMs = performance.now();
    const batch = encoder.finish(++receivedAtMs);
    const beforeMs = performance.now();
    await insertBatch(store, batch);
    insertMs += performance.now() - beforeMs;
    encodeMs += beforeMs - encodedMs;
    spans += batch.spanCount;
  };
  for (let pass = from; pass < to; pass++) {
    let requests = 0;
    for (const payload of traffic.payloads(pass)) {
      const appendMs = performance.now();
      encoder.append(payload);
      encodeMs += performance.now() - appendMs;
      if (++requests % requestsPerBatch === 0) await insert();
    }
  }
  if (encoder.spanCount > 0) await insert();
  const totalSeconds = (performance.now() - startMs) / 1000;
  return { spans, insertSeconds: insertMs / 1000, encodeSeconds: encodeMs / 1000, totalSeconds };
}
