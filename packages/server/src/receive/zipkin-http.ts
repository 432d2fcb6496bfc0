/**
 * Zipkin's HTTP collector: `POST /api/v2/spans`, JSON or protobuf, and `POST /api/v1/spans`, JSON or Thrift; gzip
 * or deflate. Like Zipkin it answers 202 with nothing, once the spans are in the spool. Spans that were refused are
 * named in the answer's text; where none was left to keep, that is a 400, the only thing that Zipkin's clients log.
 *
 * @see https://zipkin.io/zipkin-api/#/default/post_spans
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusalText, type Translate } from '../translate/translation.ts';
import { translateZipkinJson } from '../translate/zipkin-json.ts';
import { translateZipkinProto } from '../translate/zipkin-proto.ts';
import { translateZipkinV1Thrift } from '../translate/zipkin-thrift.ts';
import { type ReceiverDeps, takeIn } from './intake.ts';
import { contentTypeOf, decompressedBody, receiveBodies } from './span-bodies.ts';

/** By content type. Zipkin takes a body without one for JSON. */
type Formats = ReadonlyMap<string, Translate>;

const v2Formats: Formats = new Map([
  ['application/json', translateZipkinJson],
  ['application/x-protobuf', translateZipkinProto],
]);
const v1Formats: Formats = new Map([
  ['application/json', translateZipkinJson],
  ['application/x-thrift', translateZipkinV1Thrift],
]);

export function registerZipkin(app: FastifyInstance, deps: ReceiverDeps): void {
  app.register(async (scope) => registerRoutes(scope, deps));
}

function registerRoutes(app: FastifyInstance, deps: ReceiverDeps): void {
  receiveBodies(app, deps, (_request, reply, { status, message }) => answer(reply, status, message));
  for (const [path, formats] of [
    ['/api/v2/spans', v2Formats],
    ['/api/v1/spans', v1Formats],
  ] as const) {
    app.post(path, (request, reply) => receiveSpans(request, reply, formats, deps));
    app.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: path,
      handler: (_request, reply) => answer(reply.header('allow', 'POST'), 405, 'Send spans with POST.'),
    });
  }
  app.setNotFoundHandler((request, reply) =>
    answer(reply, 404, `There is nothing at ${request.url}: spans go to POST /api/v2/spans.`),
  );
}

async function receiveSpans(
  request: FastifyRequest,
  reply: FastifyReply,
  formats: Formats,
  deps: ReceiverDeps,
): Promise<FastifyReply> {
  const type = contentTypeOf(request) || 'application/json';
  const translate = formats.get(type);
  if (!translate) {
    deps.metrics.rejectedRequest('unsupported-type');
    return answer(reply, 415, `${type} is not taken here: send ${[...formats.keys()].join(' or ')}.`);
  }
  const body = await decompressedBody(request);
  const translation = translate(body);
  await takeIn(translation, body.length, deps);
  const refusal = refusalText(translation);
  if (refusal === undefined) return reply.code(202).send();
  return answer(reply, translation.spanCount > 0 ? 202 : 400, refusal);
}

function answer(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}
