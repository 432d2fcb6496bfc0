import { defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.ts';

export default defineConfig({
  // Workspace packages are tested from their sources; what e2e/ tests are the built artefacts.
  resolve: { conditions: ['@sightline/source'] },
  ssr: { resolve: { conditions: ['@sightline/source'] } },
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}', 'e2e/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    reporters: ['default', new ClosingLine()],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
