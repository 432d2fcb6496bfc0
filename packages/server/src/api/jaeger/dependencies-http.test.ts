import fastify from 'fastify';
import { expect, test } from 'vitest';
import type { TimeRange } from '../../query/time-range.ts';
import type { Store } from '../../store/store.ts';
import { registerJaegerDependencies } from './dependencies-http.ts';
import type { FindDependencies } from './dependency-links.ts';
import { answerErrorsInEnvelope } from './envelope.ts';

async function ask(query: string): Promise<{ status: number; body: unknown; asked: TimeRange[] }> {
  const asked: TimeRange[] = [];
  const edge = { childKind: 'service' as const, callCount: 3, errorCount: 0, p50Nano: 1, p95Nano: 2 };
  const graph: FindDependencies = {
    find: async (_, range) => {
      asked.push(range);
      return {
        edges: [
          { parent: 'a', child: 'b', ...edge },
          { parent: 'b', child: 'c', ...edge },
        ],
      };
    },
  };
  const app = fastify();
  answerErrorsInEnvelope(app);
  registerJaegerDependencies(app, {} as Store, graph);
  const { statusCode, body } = await app.inject(`/dependencies?${query}`);
  return { status: statusCode, body: JSON.parse(body), asked };
}

test('links in an envelope, over the asked milliseconds', async () => {
  const { body, asked } = await ask('endTs=10000&lookback=4000');
  expect(body).toMatchObject({
    data: [
      { parent: 'a', child: 'b', callCount: 3 },
      { parent: 'b', child: 'c', callCount: 3 },
    ],
    errors: null,
  });
  expect(asked).toEqual([{ startUnixNano: 6_000_000_000n, endUnixNano: 10_000_000_000n }]);
});

test('a day where nothing is said, and of one service where it is named', async () => {
  const { body, asked } = await ask('service=c');
  expect(body).toMatchObject({ data: [{ parent: 'b', child: 'c' }] });
  const [{ startUnixNano, endUnixNano } = { startUnixNano: 0n, endUnixNano: 0n }] = asked;
  expect(endUnixNano - startUnixNano).toBe(86_400_000_000_000n);
});

test('says what is no time', async () => {
  expect(await ask('endTs=now')).toMatchObject({ status: 400, body: { errors: [{ code: 400 }] } });
});
