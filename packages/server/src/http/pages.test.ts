import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { servePages } from './pages.ts';

let webDir: string;
let app: FastifyInstance;

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'sightline-pages-'));
  await mkdir(join(webDir, 'assets'));
  await writeFile(join(webDir, 'index.html'), '<title>Sightline</title>');
  await writeFile(join(webDir, 'assets', 'main-1a2b.js'), 'run()');
  app = createApp({ host: '127.0.0.1', log: pino({ level: 'silent' }) });
  app.get('/api/v1/broken', () => {
    throw new Error('a secret of the server');
  });
  servePages(app, webDir);
});

afterAll(async () => {
  await app.close();
  await rm(webDir, { recursive: true, force: true });
});

const get = (url: string) => app.inject({ url, headers: { host: 'localhost' } });

test.each(['/', '/trace/0af7651916cd43dd8448eb211c80319c', '/search?service=cart', '/apis'])(
  '%s is the page',
  async (url) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.body]).toEqual([200, '<title>Sightline</title>']);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-cache',
      // Files of its own and nothing else: no inline script, no inline style, no `data:`.
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
  },
);

test('files with a hash in their name are cached for good', async () => {
  const answer = await get('/assets/main-1a2b.js');
  expect([answer.body, answer.headers['cache-control']]).toEqual(['run()', 'public, max-age=31536000, immutable']);
});

test.each(['/api', '/api/v2/nothing', '/api?x'])('%s is no page but a 404 in JSON', async (url) => {
  const answer = await get(url);
  expect([answer.statusCode, answer.json()]).toEqual([
    404,
    { error: { code: 'not-found', message: `There is nothing at GET ${url}.` } },
  ]);
});

test('a fault of the server tells the client nothing of it', async () => {
  const answer = await get('/api/v1/broken');
  expect([answer.statusCode, answer.json()]).toEqual([
    500,
    { error: { code: 'internal-error', message: expect.not.stringContaining('secret') } },
  ]);
});
