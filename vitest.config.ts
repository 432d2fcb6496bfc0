import { configDefaults, defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.ts';
import { LongestFirst } from './scripts/longest-first.ts';

/**
 * Files that leave a process as they found it: they share one, which saves each of them half a second of starting and
 * importing, and those with a browser its start. Most of the agent's change Node itself, and a file that starts ClickHouse
 * servers stops them at its end.
 */
const sharing = [
  'e2e/src/**/*.test.ts',
  'packages/{cli,web,wire}/src/**/*.test.{ts,tsx}',
  'packages/agent/src/{budget/{budget-sampler,budget-state,exceptional-calls},export/*,libraries/{http-attributes,sql-text}}.test.ts',
  'packages/agent/src/formats/{console-text,grpc-outcome,hpack,jaeger-datagrams,zipkin-json}.test.ts',
  'packages/agent/src/tracer/{attributes,baggage,ids,propagation,sampler,trace-state,tracer,w3c}.test.ts',
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
    // One more than the cores of a small machine: a third of the time they wait for programs, sockets and disks.
    maxWorkers: 3,
    // What is waited for comes within seconds; a busy machine has been seen to take ten times as long.
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['packages/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...sharing],
        },
      },
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false } },
    ],
  },
});
