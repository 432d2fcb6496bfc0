/**
 * One request that this process serves, from its first handler to its end: what the HTTP server
 * starts and ends, and what frameworks add to. It hangs on the request and the response, so it goes
 * when they go.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '../tracer/context.ts';
import { invalidSpan } from '../tracer/non-recording-span.ts';
import { errorType, type MaybeSpan } from './failure.ts';
import { methodName, setStatusCode } from './http-attributes.ts';
import type { LeftOutCall } from './left-out-call.ts';

const key: unique symbol = Symbol('sightline.serverCall');

interface HoldsCall {
  [key]?: ServerCall;
}

export class ServerCall {
  readonly request: IncomingMessage;
  span: MaybeSpan;
  /** With the span in it: where the handlers and the listeners of the request and the response run. */
  readonly context: Context;
  /** Set by the framework; the last one wins, since a route may pass on to the next. */
  route: string | undefined = undefined;
  /** Asked at the end where no route was set. */
  fallbackRoute: ((request: IncomingMessage) => string | undefined) | undefined = undefined;
  /** Of express's routers, see express-route.ts. */
  mounts: string[] | undefined = undefined;
  /** Set where the CPU budget left the request out. */
  leftOut: LeftOutCall | undefined = undefined;
  #error: unknown = undefined;
  #hasEnded = false;

  constructor(request: IncomingMessage, span: MaybeSpan, context: Context) {
    this.request = request;
    this.span = span;
    this.context = context;
    setRoot(context, this);
  }

  /** Adds an `exception` event, once for an error that passes several places. Whether the call failed, its status tells. */
  recordError(error: unknown): void {
    if (error === this.#error || error === null || error === undefined) return;
    this.#error = error;
    this.span.recordException(error as Error);
  }

  /** The response is complete. */
  finish(statusCode: number): void {
    if (this.#hasEnded) return;
    this.#end(statusCode >= 500);
    setStatusCode(this.span, statusCode, 500, messageOf(this.#error));
    this.#close();
  }

  /** The connection closed before the response was complete: nobody's error on this side. */
  abort(statusCode: number | undefined): void {
    if (this.#hasEnded) return;
    this.#end(this.#error !== undefined);
    if (statusCode !== undefined) this.span.setAttribute('http.response.status_code', statusCode);
    this.span.setAttribute('error.type', this.#error === undefined ? 'aborted' : errorType(this.#error));
    this.#close();
  }

  /** A handler threw what nobody catches: the process is about to end. */
  crash(error: unknown): void {
    if (this.#hasEnded) return;
    this.recordError(error);
    this.#end(true);
    this.span.setAttribute('error.type', errorType(error));
    this.span.setStatus({ code: 2, message: messageOf(error) ?? String(error) });
    this.#close();
  }

  /** The program may keep the request for long; it must not keep the span. */
  #close(): void {
    this.span.end();
    this.span = invalidSpan;
    this.#error = undefined;
  }

  #end(hasFailed: boolean): void {
    this.#hasEnded = true;
    setRoot(this.context, undefined);
    if (this.leftOut !== undefined) this.#keep(this.leftOut, hasFailed);
    this.#setRoute();
  }

  #keep(leftOut: LeftOutCall, hasFailed: boolean): void {
    const kept = leftOut.keep(this.request, this.span, hasFailed);
    if (kept === undefined) return;
    this.span = kept;
    if (this.#error !== undefined) kept.recordException(this.#error);
  }

  #setRoute(): void {
    const route = this.route ?? this.fallbackRoute?.(this.request);
    if (route === undefined) return;
    this.span.put('http.route', route);
    this.span.updateName(`${methodName(this.request.method ?? '')} ${route}`);
  }
}

/**
 * A response of `node:http` leads to its request all its life, and does without a property of ours, which would cost it
 * another hidden class. That of HTTP/2 does until its stream is closed.
 */
export function attachCall(call: ServerCall, response: ServerResponse | undefined): void {
  const { request } = call;
  (request as HoldsCall)[key] = call;
  if (response === undefined) return;
  if (request.httpVersionMajor !== 1 || response.req !== request) (response as HoldsCall)[key] = call;
}

/** @param request frameworks pass the one of Node on */
export function callOf(request: object): ServerCall | undefined {
  return (request as HoldsCall)[key];
}

export function callOfResponse(response: { readonly req?: object }): ServerCall | undefined {
  const call = (response as HoldsCall)[key];
  return call === undefined && response.req !== undefined ? callOf(response.req) : call;
}

/** The call out of which the context came, while it lasts, also by spans of the program's own: they share one trace id object. */
export function openCallOf(context: Context): ServerCall | undefined {
  const root = context.identity?.traceId.root;
  return root instanceof ServerCall ? root : undefined;
}

function setRoot(context: Context, call: ServerCall | undefined): void {
  const traceId = context.identity?.traceId;
  if (traceId?.isValid()) traceId.root = call;
}

function messageOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error;
  return error instanceof Error ? error.message : undefined;
}
