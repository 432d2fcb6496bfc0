import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from './app.ts';

const log = pino({ level: 'silent' });

async function portOf(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  return (app.server.address() as AddressInfo).port;
}

test('a connection on which no request comes does not hold up the stop, nor is one cut that is being answered', async () => {
  const app = createApp({ host: '127.0.0.1', log });
  let asked: () => void;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  app.get('/slow', async () => {
    asked();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return 'answered';
  });
  const port = await portOf(app);
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const answer = fetch(`http://127.0.0.1:${port}/slow`);
  await isAsked;
  const before = Date.now();
  await app.close();
  expect(Date.now() - before).toBeLessThan(10_000);
  expect(await (await answer).text()).toBe('answered');
  silent.destroy();
});

test('who lacks the token is told both ways to give it, each in a header that browsers read', async () => {
  const port = await portOf(createApp({ host: '127.0.0.1', authToken: 'secret', log }));
  const { status, headers } = await fetch(`http://127.0.0.1:${port}/`);
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Sightline", Basic realm="Sightline"']);
  const answer = await createApp({ host: '127.0.0.1', authToken: 'secret', log }).inject('/');
  expect(answer.headers['www-authenticate']).toEqual(['Bearer realm="Sightline"', 'Basic realm="Sightline"']);
});

test('a name in a path may be long', async () => {
  const app = createApp({ host: '127.0.0.1', log });
  app.get<{ Params: { name: string } }>('/services/:name', ({ params }) => params.name);
  const name = 'x'.repeat(1000);
  expect((await app.inject({ url: `/services/${name}`, headers: { host: 'localhost' } })).body).toBe(name);
});

test('a path that cannot be decoded is refused in the shape of every other error, with the same headers', async () => {
  const app = createApp({ host: '127.0.0.1', log });
  app.get('/services/:name', async () => 'found');
  const answer = await app.inject({ url: '/services/%zz', headers: { host: 'localhost' } });
  expect([answer.statusCode, answer.json()]).toEqual([
    400,
    { error: { code: 'bad-url', message: "'/services/%zz' is not a valid url component" } },
  ]);
  expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
});
