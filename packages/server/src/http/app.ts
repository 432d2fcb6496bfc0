/** The fastify app that every HTTP port is made of: who may ask, what the answers' headers are, what an error looks like. */
import type { ErrorResponse } from '@sightline/wire';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type GuardOptions, refusalOf } from './guard.ts';

export interface AppOptions extends GuardOptions {
  log: Logger;
  /** Of a request's body; default 1 MiB. */
  bodyLimitBytes?: number;
}

/** No page of another origin may read, frame or script what is served here; there is no CORS header on purpose. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const requestTimeoutMs = 60_000;
const stopGraceMs = 1000;

export function createApp(options: AppOptions): FastifyInstance {
  const { certificate } = options;
  const app = fastify({
    https: certificate?.pem ?? null,
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    logger: false,
    // Open connections must not hold up a clean stop.
    forceCloseConnections: 'idle',
    // A request has to arrive in this time; without it, one that never ends is kept for ever.
    requestTimeout: requestTimeoutMs,
    // A service name stands in a path, and may be longer than the 100 characters that fastify takes.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 2000 },
    schemaController: { compilersFactory: { buildValidator: withoutSchemas, buildSerializer: withoutSchemas } },
    // What is wrong before there is a route, such as %zz in the path; hooks have not run then.
    frameworkErrors: (error, request, reply) =>
      answerError(error, request as FastifyRequest, (reply as FastifyReply).headers(securityHeaders), options.log),
  });
  certificate?.keepUpToDate(app.server);
  // To fastify's types it is another kind of app; its server is one of http all the same.
  return withHooks(app as unknown as FastifyInstance, options);
}

/** In place of the compilers that fastify would load, each time a quarter of what starting takes: no route here has a schema. */
function withoutSchemas(): never {
  throw new Error('There is no compiler for the schemas of routes: createApp() leaves it out.');
}

function withHooks(app: FastifyInstance, options: AppOptions): FastifyInstance {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const refusal = refusalOf(
      {
        host: request.headers.host,
        authorization: request.headers.authorization,
        path: request.url.split('?', 1)[0] ?? '',
      },
      options,
    );
    if (!refusal) return;
    // Two headers: of two challenges in one, Chromium reads only the first, and never asks the person.
    if (refusal.status === 401)
      reply.header('www-authenticate', ['Bearer realm="Sightline"', 'Basic realm="Sightline"']);
    await sendError(reply, refusal.status, refusal);
  });
  // Browsers open connections ahead, on which no request may ever come; `idle` does not count those.
  app.addHook('preClose', (done) => {
    setTimeout(() => app.server.closeAllConnections(), stopGraceMs).unref();
    done();
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, options.log));
  return app;
}

/** For an app without pages: everything that has no route. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = `There is nothing at ${request.method} ${request.url}.`;
  return sendError(reply, 404, { code: 'not-found', message });
}

/** The one shape of an error in our own API. */
function sendError(reply: FastifyReply, status: number, error: ErrorResponse['error']): FastifyReply {
  const body: ErrorResponse = {
    error: { code: error.code, message: error.message, ...(error.field === undefined ? {} : { field: error.field }) },
  };
  return reply.code(status).type('application/json; charset=utf-8').send(body);
}

/** What the sender did wrong is said to the sender; what we did wrong is said to our log. */
function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Logger): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 500) return sendError(reply, status, { code: kebabCase(error.code), message: error.message });
  log.error({ err: error, method: request.method, url: request.url }, 'a request failed');
  return sendError(reply, status, {
    code: 'internal-error',
    message: 'The request failed because of a fault in the server; its log has the details.',
  });
}

/** `FST_ERR_CTP_BODY_TOO_LARGE` → `body-too-large` */
function kebabCase(code: string | undefined): string {
  return (code ?? 'bad-request')
    .replace(/^FST_ERR_(CTP_)?/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}
