import { describe, expect, test } from 'vitest';
import { type ServerSpan, serverSpan } from '../../testing/http-spans.ts';
import type { NodeMajor } from '../../testing/nodes.ts';
import { runTraced } from '../../testing/traced-program.ts';

const expected: ServerSpan[] = [
  { path: '/users/1', query: 'q=2', route: '/users/:id', statusCode: 200 },
  { path: '/api/x/2', route: '/api/x/:y', statusCode: 200 },
  {
    path: '/api/rejects',
    route: '/api/rejects',
    statusCode: 500,
    message: 'rejected',
    exceptions: ['TypeError: rejected'],
  },
  {
    path: '/users/1',
    query: 'hook=1',
    route: '/users/:id',
    statusCode: 500,
    message: 'in a hook',
    exceptions: ['Error: in a hook'],
  },
  {
    path: '/valid',
    route: '/valid',
    statusCode: 400,
    exceptions: ["FST_ERR_VALIDATION: querystring must have required property 'a'"],
  },
  { path: '/nothing', statusCode: 404 },
];

describe.each<[string, NodeMajor]>([
  ['main.cjs', 20],
  ['main.mjs', 20],
  ['main.cjs', 24],
  ['main.mjs', 24],
])('%s on Node %i', (main, node) => {
  test.each(['fastify5', 'v4-fastify'])('%s names server spans and records what was thrown', async (app) => {
    const { spans, stderr } = await runTraced(`${app}/${main}`, { node });
    expect(stderr).toBe('');
    expect(spans.filter(({ kind }) => kind === 'SERVER')).toEqual(expected.map(serverSpan));
  });
});
