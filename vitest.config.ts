import { configDefaults, defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.ts';
import { LongestFirst } from './scripts/longest-first.ts';

/**
 * Files that leave a process as they found it: they share one, which saves each of them half a second of starting and
 * importing. The agent's change Node itself, walks over what is built have a browser or a backend per file, and
 * a file that starts ClickHouse servers stops them at its end.
 */
const sharing = [
  'packages/{cli,web,wire}/src/**/*.test.{ts,tsx}',
  'packages/server/src/{api,decode,encode,explain,grpc,http,receive,spool,translate}/**/*.test.ts',
  'packages/server/src/query/**/!(dependencies|span-counters|traceql-search).test.ts',
];

export default defineConfig({
  // Workspace packages are tested from their sources; what e2e/ tests are the built artefacts.
  resolve: { conditions: ['@sightline/source'] },
  ssr: { resolve: { conditions: ['@sightline/source'] } },
  test: {
    reporters: ['default', new ClosingLine()],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'e2e/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...sharing],
        },
      },
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false } },
    ],
  },
});
