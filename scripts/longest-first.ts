import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes long, the longest first: parts of paths. A fresh clone has no times of an earlier run to go by. */
const longFiles = [
  '/server/src/crash/crash',
  '/e2e/src/python',
  '/server/src/store/',
  '/server/src/main',
  '/query/traceql-search',
  '/e2e/src/',
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
  if (!project.config.isolate) return longFiles.length + 1;
  const index = longFiles.findIndex((part) => moduleId.includes(part));
  return index < 0 ? longFiles.length : index;
}
