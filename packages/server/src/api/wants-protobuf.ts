import type { FastifyRequest } from 'fastify';

/** OTLP's own bytes, for whoever would rather have them; JSON for all others, browsers with their `*` among them. */
export function wantsProtobuf({ headers: { accept = '' } }: FastifyRequest): boolean {
  return /^\s*application\/(x-)?protobuf\b/i.test(accept);
}
