/**
 * Fastify 4 and 5 tell the server's span its route, and what was thrown. The route is published out of the function
 * that every request passes; fastify's own tracing channel comes too late for what fails in validation or an earlier
 * hook, and a hook of ours in each request would cost more than the span itself (2 µs rather than 0.1). Where the
 * function was not there to add to, as in a bundled program, that hook has to do.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { isSpliced } from '../channels/spliced.ts';
import { guard } from '../guard.ts';
import type { Library } from './library.ts';
import { callOf } from './server-call.ts';

const routeChannel = 'sightline:fastify:route';

/** Of a route; that of the answer to everything else has no `url`. */
interface RouteContext {
  readonly config?: { readonly url?: string };
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
  /** From 4.10. */
  readonly routeOptions?: { readonly url?: string };
  readonly routerPath?: string;
  readonly is404?: boolean;
}

type Done = () => void;

interface FastifyInstance {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: unknown, done: Done) => void): unknown;
  addHook(
    name: 'onError',
    hook: (request: FastifyRequest, reply: unknown, error: unknown, done: Done) => void,
  ): unknown;
}

export const fastify: Library = {
  name: 'fastify',
  packages: ['fastify'],
  versions: '>=4.0.0 <6.0.0',
  source: 'own channels',
  spans: [
    {
      name: '`GET /users/:id` on the server span',
      when: 'a route handles the request',
      attributes: [
        'http.route',
        'error.type',
        '`exception` event where something threw, rejected or was sent as an error',
      ],
    },
  ],
  injections: [
    {
      module: 'fastify',
      versions: '>=4.0.0 <6.0.0',
      file: 'lib/route.js',
      format: 'commonjs',
      anchor: 'function routeHandler (req, res, params, context, query) {',
      function: { functionName: 'routeHandler', kind: 'Sync' },
      channel: routeChannel,
      message: '{request:req,context}',
    },
  ],
  start() {
    subscribe(routeChannel, guard('fastify.route', onRoute));
    subscribe('fastify.initialization', guard('fastify.initialization', onInitialization));
  },
};

function onRoute(message: unknown): void {
  const { request, context } = message as { request: IncomingMessage; context: RouteContext };
  setRoute(request, context.config?.url);
}

const setRouteInHook = guard('fastify.hook', (request: FastifyRequest) => {
  if (request.is404 !== true) setRoute(request.raw, publicRouteOf(request));
});

function setRoute(request: IncomingMessage, route: string | undefined): void {
  const call = callOf(request);
  if (call !== undefined && route !== undefined) call.route = route;
}

/** Merely looking at `routerPath`, where there is something else, makes fastify warn. */
function publicRouteOf(request: FastifyRequest): string | undefined {
  const options = request.routeOptions;
  return options === undefined ? request.routerPath : options.url;
}

const recordError = guard('fastify.error', (request: FastifyRequest, error: unknown) => {
  callOf(request.raw)?.recordError(error);
});

function routeHook(request: FastifyRequest, _reply: unknown, done: Done): void {
  setRouteInHook(request);
  done();
}

function onInitialization(message: unknown): void {
  const { fastify: instance } = message as { fastify: FastifyInstance };
  if (!isSpliced(routeChannel)) instance.addHook('onRequest', routeHook);
  instance.addHook('onError', (request, _reply, error, done) => {
    recordError(request, error);
    done();
  });
}
