/**
 * `/api/mcp`: the Model Context Protocol over Streamable HTTP, for coding assistants. Stateless: each request makes
 * its own server of the SDK, so that nothing is kept between two of them, and any server of several can answer.
 * The SDK is loaded by the first request: most servers never get one.
 *
 * @see https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
 */
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Store } from '../../store/store.ts';
import type { ApiDeps } from '../register.ts';

export function registerMcp(app: FastifyInstance, { store, version }: Pick<ApiDeps, 'store' | 'version'>): void {
  let handler: Promise<McpHttpHandler> | undefined;
  app.addHook('onClose', async () => (await handler)?.close());
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    handler: async (request, reply) => {
      handler ??= loadHandler(store, version);
      const { fetch } = await handler;
      return reply.send(await fetch(webRequest(request), { parsedBody: request.body }));
    },
  });
}

async function loadHandler(store: Store, version: string): Promise<McpHttpHandler> {
  const [{ createMcpHandler }, { mcpServer }] = await Promise.all([
    import('@modelcontextprotocol/server'),
    import('./tools.ts'),
  ]);
  return createMcpHandler(() => mcpServer(store, version));
}

/** Its body has been read already. */
function webRequest({ method, url, headers, signal }: FastifyRequest): Request {
  const given = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    [value ?? []].flat().map((text) => [name, text]),
  );
  return new Request(new URL(url, 'http://localhost'), { method, headers: given, signal });
}
