/** A query's canonical text: parsed, it is the same query again. */
import type { Hint, Query } from './ast.ts';
import { printLiteral } from './print-field.ts';
import { printMetrics } from './print-metrics.ts';
import { printPipeline } from './print-pipeline.ts';

export function printQuery(query: Query): string {
  const text = query.kind === 'search' ? printPipeline(query.pipeline) : printMetrics(query.expression);
  return query.hints.length === 0 ? text : `${text} with (${query.hints.map(printHint).join(', ')})`;
}

function printHint({ name, value }: Hint): string {
  return `${name}=${printLiteral(value)}`;
}
