import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { expect, test } from 'vitest';
import { completeTraceQl, type KnownNames } from './traceql-completion.ts';

const names: KnownNames = {
  keys: async () => [
    { scope: 'span', key: 'http.route', type: 'string', spanCount: 1200 },
    { scope: 'resource', key: 'a key', type: 'string', spanCount: 3 },
  ],
  values: async (field, prefix, rest) => {
    if (field === 'span.http.status_code') return [{ value: '404', type: 'int', spanCount: 2 }];
    return [{ value: rest ?? `${field}:${prefix}"x"`, type: 'string', spanCount: 7 }];
  },
  spanNames: async () => [{ name: 'GET /cart', spanCount: 5 }],
  services: async () => [{ name: 'shop', spanCount: 9 }],
};

/** What is offered at the end of the query, with its notes. */
async function offered(query: string): Promise<string[]> {
  const context = new CompletionContext(EditorState.create({ doc: query }), query.length, true);
  const result = await completeTraceQl(context, names);
  return result?.options.map(({ label, detail }) => (detail ? `${label} ${detail}` : label)) ?? [];
}

test('in braces: attributes with how many spans have them, then what every span has', async () => {
  expect((await offered('{ ')).slice(0, 3)).toEqual([
    'span.http.route 1,200',
    'resource."a key" 3',
    'name the span’s name',
  ]);
});

test('values are quoted as their type needs', async () => {
  expect(await offered('{ span.http.status_code = ')).toEqual(['404 2', 'nil not there']);
  expect(await offered('{ span.http.route = "/ca')).toEqual(['"span.http.route:/ca\\"x\\"" 7', 'nil not there']);
  expect(await offered('{ .http.route > ')).toEqual(['".http.route:\\"x\\"" 7']);
  expect(await offered('{ span.http.route =~ "/ca')).toEqual(['"span.http.route:\\"x\\"" 7']);
});

test('what has words or names of its own offers them', async () => {
  expect(await offered('{ status = ')).toEqual(['error', 'ok', 'unset']);
  expect(await offered('{ name = ')).toEqual(['"GET /cart" 5']);
  expect(await offered('{ resource.service.name = ')).toEqual(['"shop" 9']);
});

test('values are of the spans that fulfil the rest of the query', async () => {
  expect(await offered('{ kind = server && span.http.route = ')).toEqual(['"{ kind = server }" 7', 'nil not there']);
  expect(await offered('{ kind = server && name = ')).toEqual(['"{ kind = server }" 7']);
  expect(await offered('{ kind = server || name = ')).toEqual(['"GET /cart" 5']);
});

test('after a pipe functions, after a metric how to divide it', async () => {
  expect((await offered('{ .a } | ')).slice(0, 2)).toEqual([
    'count how many spans of the trace match',
    'avg over the matching spans of the trace',
  ]);
  expect(await offered('{ .a } | rate() ')).toEqual([
    'by a series for each value',
    'with hints',
    '| then: topk, bottomk',
  ]);
});

test('a list does not open by itself where nothing is typed and nothing is expected', async () => {
  const query = '{ .a = 1 } ';
  const context = new CompletionContext(EditorState.create({ doc: query }), query.length, false);
  expect(await completeTraceQl(context, names)).toBeNull();
});
