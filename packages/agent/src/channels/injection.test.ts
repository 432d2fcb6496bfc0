import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { libraries } from '../libraries/table.ts';
import { findBodies } from './find-bodies.ts';
import { type Injection, injectInto } from './injection.ts';

const template: Injection = {
  module: 'm',
  versions: '>=1.0.0',
  file: 'index.js',
  format: 'commonjs',
  anchor: 'function serve(a, b) {',
  function: { functionName: 'serve', kind: 'Sync' },
  channel: 'test:serve',
  message: '{a}',
};

const never = (): never => {
  throw new Error('the parser is not needed');
};

const parser = () => findBodies;

test('a statement goes behind the brace and the channel to the end, on lines of their own', () => {
  const code = "'use strict';\nfunction serve(a, b) {\n  return a; // kept\n}";
  expect(injectInto(code, [template], never)).toBe(
    "'use strict';\n" +
      'function serve(a, b) {sightline$0?.hasSubscribers&&sightline$0.publish({a});\n' +
      '  return a; // kept\n}' +
      '\nvar sightline$0=require("node:diagnostics_channel").channel("test:serve");',
  );
});

test('an ES module imports its channel', () => {
  const code = 'export function serve(a, b) {}';
  expect(injectInto(code, [{ ...template, format: 'module', when: 'a' }], never)).toBe(
    'export function serve(a, b) {(a)&&sightline$0?.hasSubscribers&&sightline$0.publish({a});}' +
      '\nimport * as sightline$dc from "node:diagnostics_channel";var sightline$0=sightline$dc.channel("test:serve");',
  );
});

test.each([
  ['worded otherwise', 'function  serve(a,b)  { return a }'],
  ['there twice', '/* function serve(a, b) { */ function serve(a, b) { return a }'],
])('where the anchor is %s, the parser finds the function', (_case, code) => {
  const injected = injectInto(code, [template], parser);
  expect(injected).toContain(' { sightline$0?.hasSubscribers'.replace('{ s', '{s'));
  expect(injected.replace(/sightline\$0\?[^;]*;/, '').split('\n')[0]).toBe(code);
});

test('where there is no such function, it says so', () => {
  expect(() => injectInto('function other() {}', [template], parser)).toThrow('Failed to find injection points');
});

const declared = libraries
  .flatMap(({ injections = [] }) => injections)
  // router 2.3 has a channel of its own; the version before is tried in layouts.test.ts.
  .filter(({ module }) => module !== 'router')
  .map((injection) => [injection.module, injection.file, injection.channel, injection] as const);

test.each(declared)('%s/%s: anchor and parser find the same place for %s', (_module, file, _channel, injection) => {
  const code = readFileSync(join(packageFolder(injection), file), 'utf8');
  expect(findBodies(code, [injection])).toEqual([code.indexOf(injection.anchor) + injection.anchor.length]);
});

/** Where pg 8.3 worded things otherwise, there are declarations for before. */
const apps: Readonly<Record<string, string>> = { express: 'v4-express', pg: 'pg8', 'pg-pool': 'pg8' };

function packageFolder({ module, versions }: Injection): string {
  const app = versions.endsWith('<8.3.0') ? 'v8.0-pg' : (apps[module] ?? 'sqlite');
  const main = createRequire(new URL(`../../../../e2e/apps/${app}/main.cjs`, import.meta.url)).resolve(module);
  const end = main.lastIndexOf(`/node_modules/${module}/`) + `/node_modules/${module}`.length;
  return main.slice(0, end);
}
