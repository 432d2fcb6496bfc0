import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { answerNotFound } from './app.ts';

/**
 * The web pages: the files of `webDir`, and its index.html for every other path, because the page reads its address
 * itself. What begins with /api is never a page.
 */
export function servePages(app: FastifyInstance, webDir: string): void {
  app.register(fastifyStatic, {
    root: webDir,
    cacheControl: false,
    // Vite puts a hash into the names of everything under assets/.
    setHeaders(response, path) {
      const isHashed = path.includes('/assets/');
      response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  app.setNotFoundHandler((request, reply) => {
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !/^\/api(\/|\?|$)/.test(request.url);
    if (isPage) return reply.sendFile('index.html');
    return answerNotFound(request, reply);
  });
}
