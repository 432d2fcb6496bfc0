/**
 * Fastify 4 and 5 tell the server's span its route, and what was thrown. Both publish each new
 * instance, to which two hooks are added; the handler's own tracing channel of fastify 5 comes too
 * late for what fails in validation or an earlier hook.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { guard } from '../guard.ts';
import type { Library } from './library.ts';
import { callOf } from './server-call.ts';

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
  start() {
    subscribe('fastify.initialization', guard('fastify.initialization', onInitialization));
  },
};

const setRoute = guard('fastify.route', (request: FastifyRequest) => {
  const call = callOf(request.raw);
  if (call === undefined || request.is404 === true) return;
  const route = request.routeOptions === undefined ? request.routerPath : request.routeOptions.url;
  if (route !== undefined) call.route = route;
});

const recordError = guard('fastify.error', (request: FastifyRequest, error: unknown) => {
  callOf(request.raw)?.recordError(error);
});

function onInitialization(message: unknown): void {
  const { fastify: instance } = message as { fastify: FastifyInstance };
  instance.addHook('onRequest', (request, _reply, done) => {
    setRoute(request);
    done();
  });
  instance.addHook('onError', (request, _reply, error, done) => {
    recordError(request, error);
    done();
  });
}
