/**
 * What is well written and still no question: types that do not go together, stages in the wrong place, hints that
 * nobody knows. Also the limit on a query's size.
 */
import type { Hint, Query } from './ast.ts';
import { checkMetrics } from './check-metrics.ts';
import { checkPipeline } from './check-pipeline.ts';
import { nearest } from './intrinsics.ts';
import { QueryError } from './query-error.ts';

/** @throws QueryError */
export function checkQuery(query: Query): void {
  checkSize(query);
  for (const hint of query.hints) checkHint(hint, query.kind);
  if (query.kind === 'search') checkPipeline(query.pipeline);
  else checkMetrics(query.expression);
}

/** More than anyone writes; ClickHouse takes about ten times as many. */
const maxOperations = 200;

function checkSize(query: Query): void {
  const count = countOperations(query);
  if (count <= maxOperations) return;
  const message = `The query has ${count} operations: at most ${maxOperations} are taken. A pattern says many texts at once: =~ "a|b|c".`;
  throw new QueryError(message, query);
}

function countOperations(part: unknown): number {
  if (typeof part !== 'object' || part === null) return 0;
  const own = 'operator' in part || 'negated' in part ? 1 : 0;
  return Object.values(part).reduce((sum: number, each) => sum + countOperations(each), own);
}

/** Whether they are for searches, for metrics or for both, and what they may be. */
const hints: Readonly<Record<string, { kind?: Query['kind']; types: readonly string[] }>> = {
  most_recent: { kind: 'search', types: ['bool'] },
  exemplars: { kind: 'metrics', types: ['bool', 'int'] },
  sample: { kind: 'metrics', types: ['bool', 'float'] },
  span_sample: { kind: 'metrics', types: ['float'] },
  trace_sample: { kind: 'metrics', types: ['float'] },
};

function checkHint(hint: Hint, kind: Query['kind']): void {
  const known = Object.hasOwn(hints, hint.name) ? hints[hint.name] : undefined;
  if (!known) throw new QueryError(unknownHint(hint.name), hint);
  if (known.kind !== undefined && known.kind !== kind) {
    const where = known.kind === 'metrics' ? 'metrics queries, as in { } | rate()' : 'searches';
    throw new QueryError(`The hint ${hint.name} is for ${where} only.`, hint);
  }
  if (!known.types.includes(hint.value.type)) {
    const allowed = known.types.map(
      (type) => ({ bool: 'true or false', int: 'an integer', float: 'a share such as 0.1' })[type],
    );
    throw new QueryError(`The hint ${hint.name} takes ${allowed.join(' or ')}.`, hint.value);
  }
}

function unknownHint(name: string): string {
  if (name === 'extrapolate') return 'The hint extrapolate is not supported: spans count as they are stored.';
  const meant = nearest(name, Object.keys(hints));
  return `There is no hint ${name}${meant ? `: did you mean ${meant}?` : `; there are ${Object.keys(hints).join(', ')}.`}`;
}
