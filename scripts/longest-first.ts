import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long, the longest first: parts of paths. A fresh clone has no times of an earlier run to go by. */
const longFiles = [
  '/server/src/store/store.test',
  '/server/src/crash/crash',
  '/query/traceql-search',
  '/server/src/main',
  '/query/dependencies',
  '/server/src/store/',
  '/agent/src/',
  '/e2e/src/python.test',
  '/e2e/src/ui.test',
  '/e2e/src/run-traced',
  '/e2e/src/up',
  '/e2e/src/demo',
  '/e2e/src/transfer',
  '/e2e/src/ui-',
  '/e2e/src/',
  '/query/s',
];

/**
 * Long files begin, so that no worker is left alone with one at the end. What shares a worker comes last and in one piece: a
 * worker goes on with the next file as long as that may share it.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId, project }: TestSpecification): number {
  const index = longFiles.findIndex((part) => moduleId.includes(part));
  const rank = index < 0 ? longFiles.length : index;
  return project.config.isolate ? rank : rank + longFiles.length + 1;
}
