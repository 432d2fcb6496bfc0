import { describe, expect, test } from 'vitest';
import { type ServerSpan, serverSpan } from '../../testing/http-spans.ts';
import type { NodeMajor } from '../../testing/nodes.ts';
import { runTraced, type ShownSpan } from '../../testing/traced-program.ts';

const common: ServerSpan[] = [
  { path: '/api/acme/users/1', query: 'q=2', route: '/api/:tenant/users/:id', statusCode: 200 },
  { path: '/api/acme/second/2', route: '/api/:tenant/second/:x', statusCode: 200 },
  { path: '/api/acme/param/3', route: '/api/:tenant/param/:slow', statusCode: 200 },
  { path: '/api/acme', route: '/api/:tenant', statusCode: 200 },
  failed('/api/acme/next', '/api/:tenant/next', 'TypeError', 'given to next'),
  { path: '/m1/leaf', route: '/m1/leaf', statusCode: 200 },
  { path: '/m2/7/leaf', route: '/m2/:key/leaf', statusCode: 200 },
  { path: '/static/logo.png', route: '/static', statusCode: 200 },
  { path: '/pass', route: '/:any', statusCode: 200 },
  { path: '/regexp', route: '/^\\/regex(p)?$/', statusCode: 200 },
  failed('/throws', '/throws', 'RangeError', 'thrown'),
  { path: '/bad', route: '/bad', statusCode: 422, exceptions: ['Error: bad input'] },
  failed('/later', '/later', 'SyntaxError', 'given later'),
  {
    path: '/text',
    route: '/text',
    statusCode: 500,
    message: 'a text',
    exceptions: ['undefined: a text (without stack)'],
  },
];
const rejected = failed('/rejects', '/rejects', 'TypeError', 'rejected');
const unmatched: ServerSpan = { path: '/nothing/here', statusCode: 404 };

function failed(path: string, route: string, type: string, message: string): ServerSpan {
  return { path, route, statusCode: 500, message, exceptions: [`${type}: ${message}`] };
}

describe.each<[string, NodeMajor]>([
  ['main.cjs', 20],
  ['main.mjs', 20],
  ['main.mjs', 22],
  ['main.cjs', 24],
  ['main.mjs', 24],
  ['main.cjs', 26],
])('%s on Node %i', (main, node) => {
  test('express 5 names server spans by its own channel', async () => {
    const { spans, stderr } = await runTraced(`express5/${main}`, { node });
    expect(stderr).toBe('');
    expect(serverSpans(spans)).toEqual([...common, rejected, unmatched].map(serverSpan));
  });

  test('express 4 names server spans by injected channels', async () => {
    const { spans, stderr } = await runTraced(`v4-express/${main}`, { node });
    expect(stderr).toBe('');
    // Express 4 lets the rejected promise go, so the program does without that route.
    const passedOn: ServerSpan = { path: '/rejects', route: '/:any', statusCode: 404 };
    expect(serverSpans(spans)).toEqual([...common, passedOn, unmatched].map(serverSpan));
  });
});

function serverSpans(spans: readonly ShownSpan[]): ShownSpan[] {
  return spans.filter(({ kind }) => kind === 'SERVER');
}
