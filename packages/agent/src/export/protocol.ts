/**
 * What differs between the formats that spans leave in. All else is the same for each: the queue and its limits,
 * pauses and time limits, what happens at exit, what is counted. OTLP over HTTP is part of agent.cjs; the others
 * stand in exporters.cjs (see formats/), which is loaded where one of them is asked for.
 */
import { join } from 'node:path';
import { builtin } from '../builtin.ts';
import type { Format } from '../config-endpoint.ts';
import { guard } from '../guard.ts';
import { HttpConnection } from './http-connection.ts';
import type { Answer } from './http-response.ts';
import { type Outcome, readOutcome } from './outcome.ts';
import { createRequest, type Target } from './target.ts';

export interface Protocol {
  /** May throw; the spans are given up then. */
  translate(otlp: readonly Uint8Array[]): Translation;
  /** What a connection sends for a body, which may have been compressed. */
  createRequest(body: readonly Uint8Array[]): readonly Uint8Array[];
  connect(events: ConnectionEvents): Connection;
  readOutcome(answer: Answer): Outcome;
}

export interface Translation {
  readonly body: readonly Uint8Array[];
  /** Spans that are not in the body, since the format has no room for them. */
  readonly omittedSpans: number;
}

export interface ConnectionEvents {
  /** It can take a request now. */
  onReady(): void;
  onAnswer(answer: Answer): void;
  /** The last event, also where it never got ready. */
  onClose(error: Error): void;
}

/** One way to the backend, for one request after the other. Keeps no process alive. */
export interface Connection {
  /** Connected, and not closed. */
  readonly isReady: boolean;
  readonly wasReady: boolean;
  /** How many requests it has brought an answer to. */
  readonly answers: number;
  /** The request that has no complete answer yet. */
  readonly inFlight: readonly Uint8Array[] | undefined;
  /** Whether the memory of all that was sent may be used for something else. */
  readonly hasWritten: boolean;
  /** Only when it is ready and nothing is in flight. The answer may come before this returns. */
  send(request: readonly Uint8Array[]): void;
  /** Without any event after it. */
  destroy(): void;

  /** Whether {@link finishSync} can be used. */
  readonly canFinishSync: boolean;
  /** Whether {@link exchangeSync} can be used; where not, a worker makes a connection of its own at exit. */
  readonly canExchangeSync: boolean;
  /**
   * Finishes what is in flight without an event loop.
   * @returns undefined where that cannot be known to arrive
   * @throws where the connection is broken, or the deadline (of `performance.now()`) has come
   */
  finishSync(deadlineMs: number): Answer | undefined;
  /** Sends and waits without an event loop; throws like {@link finishSync}. */
  exchangeSync(request: readonly Uint8Array[], deadlineMs: number): Answer;
}

/** Plain data, so that it can be handed to a worker. */
export interface ProtocolSettings {
  readonly format: Format;
  readonly target: Target;
  /** For one request, its answer included. */
  readonly timeoutMs: number;
  /** Whether bodies come compressed. */
  readonly gzip: boolean;
  /** Where exporters.cjs stands. */
  readonly folder: string;
}

/** What exporters.cjs has: what is not in it is as for OTLP over HTTP. `own` is this bundle's, since a copy would have a state of its own. */
export type CreateFormat = (settings: ProtocolSettings, own: { readonly guard: typeof guard }) => Partial<Protocol>;

/** @throws where exporters.cjs cannot be loaded */
export function createProtocol(settings: ProtocolSettings): Protocol {
  const overHttp = otlpOverHttp(settings.target);
  if (settings.format === 'http/protobuf') return overHttp;
  const { createFormat } = builtin<{ createFormat: CreateFormat }>(join(settings.folder, 'exporters.cjs'));
  return { ...overHttp, ...createFormat(settings, { guard }) };
}

function otlpOverHttp(target: Target): Protocol {
  return {
    translate: (body) => ({ body, omittedSpans: 0 }),
    createRequest: (body) => createRequest(target, body),
    connect: (events) => new HttpConnection(target, events),
    readOutcome,
  };
}
