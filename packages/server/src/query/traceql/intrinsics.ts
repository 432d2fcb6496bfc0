/** The names of intrinsics, as they may be written, and the type of what each stands for. */
import type { IntrinsicName } from './ast.ts';

export type IntrinsicType = 'string' | 'int' | 'duration' | 'status' | 'kind';

export const intrinsicTypes: Readonly<Record<IntrinsicName, IntrinsicType>> = {
  'span:name': 'string',
  'span:status': 'status',
  'span:statusMessage': 'string',
  'span:kind': 'kind',
  'span:duration': 'duration',
  'span:id': 'string',
  'span:parentID': 'string',
  'span:childCount': 'int',
  'trace:id': 'string',
  'trace:duration': 'duration',
  'trace:rootName': 'string',
  'trace:rootService': 'string',
  'event:name': 'string',
  'event:timeSinceStart': 'duration',
  'link:traceID': 'string',
  'link:spanID': 'string',
  'instrumentation:name': 'string',
  'instrumentation:version': 'string',
  nestedSetLeft: 'int',
  nestedSetRight: 'int',
  nestedSetParent: 'int',
};

/** The names from before there were scopes. */
const unscoped: Readonly<Record<string, IntrinsicName>> = {
  name: 'span:name',
  status: 'span:status',
  statusMessage: 'span:statusMessage',
  kind: 'span:kind',
  duration: 'span:duration',
  childCount: 'span:childCount',
  traceDuration: 'trace:duration',
  rootName: 'trace:rootName',
  rootServiceName: 'trace:rootService',
};

/** @returns undefined where no intrinsic has the name */
export function intrinsicOf(written: string): IntrinsicName | undefined {
  if (Object.hasOwn(intrinsicTypes, written)) return written as IntrinsicName;
  return Object.hasOwn(unscoped, written) ? unscoped[written] : undefined;
}

/** The intrinsic that was probably meant. */
export function nearestIntrinsic(written: string): string | undefined {
  return nearest(written, [...Object.keys(unscoped), ...Object.keys(intrinsicTypes)]);
}

/** @returns the candidate that is at most a third of the text away from it */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((name) => ({ name, distance: editDistance(written.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.ceil(written.length / 3) ? best.name : undefined;
}

/** How many letters must be put in, left out or exchanged. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
