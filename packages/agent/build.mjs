/**
 * Builds what is published: the agent as a few files without dependencies. Each file exists because it is
 * loaded at another time, or elsewhere, than the others:
 *
 *     register.cjs      the preload: ECMAScript 5, decides whether to load the agent
 *     agent.cjs         the agent
 *     inject.cjs        parses JavaScript; loaded when a file is, that a library's declaration names
 *     exporters.cjs     other formats than OTLP's protobuf; loaded where one is asked for
 *     loader.mjs        module.register's hooks, on the thread of their own that older Nodes have
 *     exit-worker.cjs   sends the last spans where the exiting thread cannot
 *     libraries.json    the table of libraries, for `sightline libraries`
 *
 * and prints the same table as docs/libraries.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
/** `node build.mjs [folder]`: tests build into folders of their own. */
const dist = resolve(root, process.argv[2] ?? 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const minified = {
  platform: 'node',
  target: 'node20.6',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
};

const shared = { ...minified, absWorkingDir: root };

const bundled = {
  ...shared,
  bundle: true,
  // ES modules first, since only those can be bundled without what nobody uses; the workspace from its sources.
  mainFields: ['module', 'main'],
  conditions: ['@sightline/source'],
  define: { __AGENT_VERSION__: JSON.stringify(version) },
};

mkdirSync(dist, { recursive: true });
await Promise.all([
  // No lowering exists to ES5: whatever is newer in this file is an error here.
  build({
    ...shared,
    target: 'es5',
    minifySyntax: false,
    entryPoints: ['src/register.cjs'],
    outfile: join(dist, 'register.cjs'),
  }),
  bundle('src/start.ts', 'agent.cjs'),
  // The parser's parts `require` each other, which their ES module builds do not take.
  bundle('src/channels/find-bodies.ts', 'inject.cjs', { mainFields: ['main'] }),
  bundle('src/formats/create-format.ts', 'exporters.cjs'),
  bundle('src/export/exit-worker.ts', 'exit-worker.cjs'),
  build({ ...bundled, format: 'esm', entryPoints: ['src/channels/loader.ts'], outfile: join(dist, 'loader.mjs') }),
  buildLibraries(),
]);

/**
 * In two steps, since the second leaves the names of what stands at the top of a script alone: functions and classes
 * are called in a stack trace what they are called in the sources. The names inside of them are a fifth of the file, and
 * 2 ms of each start, in which V8 reads it from end to end.
 */
async function bundle(entryPoint, name, options = {}) {
  const { outputFiles } = await build({
    ...bundled,
    ...options,
    format: 'cjs',
    entryPoints: [entryPoint],
    write: false,
  });
  const { code } = await transform(outputFiles[0].text, { ...minified, minifyIdentifiers: true });
  writeFileSync(join(dist, name), code);
}

/** Asks the table itself, bundled like the agent. */
async function buildLibraries() {
  const { outputFiles } = await build({
    ...bundled,
    format: 'cjs',
    stdin: {
      contents: `export { describeLibraries } from './table.ts'; export { librariesMarkdown } from './markdown.ts';`,
      resolveDir: join(root, 'src/libraries'),
    },
    write: false,
  });
  const module = { exports: {} };
  const load = new Function('module', 'exports', 'require', outputFiles[0].text);
  load(module, module.exports, createRequire(import.meta.url));
  const { describeLibraries, librariesMarkdown } = module.exports;
  writeFileSync(join(dist, 'libraries.json'), `${JSON.stringify(describeLibraries(), null, 2)}\n`);
  if (dist === join(root, 'dist')) writeFileSync(join(root, '../../docs/libraries.md'), librariesMarkdown());
}
