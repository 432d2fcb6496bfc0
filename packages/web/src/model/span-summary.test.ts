import type { KeyValue } from '@sightline/wire';
import { expect, test } from 'vitest';
import { readException, stackLines, summarize } from './span-summary.ts';
import { formatSql } from './sql.ts';
import { buildTrace, type TraceSpan } from './trace.ts';

function spanWith(attributes: Record<string, string>): TraceSpan {
  const raw = {
    traceId: '1',
    spanId: '1',
    name: 'x',
    startTimeUnixNano: '0',
    endTimeUnixNano: '1',
    attributes: list(attributes),
  };
  return buildTrace('1', { resourceSpans: [{ scopeSpans: [{ spans: [raw] }] }] }).spans[0] as TraceSpan;
}

function list(attributes: Record<string, string>): KeyValue[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

test('a request shows its method, URL and status, by the stable names and the old', () => {
  const stable = spanWith({
    'http.request.method': 'GET',
    'url.full': 'http://h/x',
    'http.response.status_code': '404',
  });
  expect(summarize(stable)).toEqual({
    kind: 'http',
    method: 'GET',
    url: 'http://h/x',
    href: 'http://h/x',
    status: '404',
  });
  const old = spanWith({ 'http.method': 'GET', 'http.target': '/x?y=1', 'http.status_code': '200' });
  expect(summarize(old)).toMatchObject({ method: 'GET', url: '/x?y=1', href: undefined, status: '200' });
  const served = spanWith({ 'http.request.method': 'GET', 'url.path': '/cart', 'url.query': 'a=1' });
  expect(summarize(served)).toMatchObject({ url: '/cart?a=1', href: undefined });
});

test('a method alone is no summary', () => {
  expect(summarize(spanWith({ 'http.request.method': 'POST' }))).toBeUndefined();
});

test('no address but http and https becomes a link', () => {
  const odd = spanWith({ 'http.request.method': 'GET', 'url.full': 'javascript:alert(1)' });
  expect(summarize(odd)).toMatchObject({ href: undefined });
});

test('a query shows where it went and its text', () => {
  const span = spanWith({ 'db.system.name': 'sqlite', 'db.namespace': 'shop', 'db.query.text': 'select 1' });
  expect(summarize(span)).toEqual({ kind: 'database', system: 'sqlite', target: 'shop', query: 'select 1' });
});

test('a long query is broken before its clauses, never inside quotes', () => {
  expect(
    formatSql("select id, title from items where title = 'not from where' and deleted_at is null order by id limit 5"),
  ).toBe("select id, title\nfrom items\nwhere title = 'not from where' and deleted_at is null\norder by id\nlimit 5");
});

test('a query that has lines already, or is short, stays as it is', () => {
  expect(formatSql('select 1 from t')).toBe('select 1 from t');
  const lines = 'select a\n  from a_table_with_a_long_name where something = 1 and another = 2';
  expect(formatSql(lines)).toBe(lines);
});

test('an exception event gives type, message and stack, library frames marked', () => {
  const attributes = list({
    'exception.type': 'E',
    'exception.message': 'm',
    'exception.stacktrace': 'E: m\n at a (/app/a.js)\n at b (node:x)',
  });
  const thrown = readException({ timeUnixNano: '0', name: 'exception', attributes });
  expect(thrown).toMatchObject({ type: 'E', message: 'm' });
  expect(stackLines(thrown?.stack ?? '').map(({ foreign }) => foreign)).toEqual([false, false, true]);
  expect(readException({ timeUnixNano: '0', name: 'log' })).toBeUndefined();
});
