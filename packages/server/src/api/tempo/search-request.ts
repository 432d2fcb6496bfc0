/** `/api/search`: by TraceQL (`q`), or by Tempo's older search by tags. */
import { parseSearch, type SearchQuery } from '../../query/search-query.ts';
import { QueryString } from '../query-string.ts';
import { readTempoTimes } from './tempo-times.ts';

const known = ['q', 'tags', 'minDuration', 'maxDuration', 'start', 'end', 'limit', 'spss'];
const most = 1000;
const mostSpans = 100;

/** @throws InvalidParameter, QueryError */
export function readTempoSearch(asked: unknown): SearchQuery {
  const query = QueryString.lenient(asked, known);
  return parseSearch({
    q: query.text('q') ?? tagsQuery(query),
    ...readTempoTimes(query),
    limit: Math.min(most, query.integer('limit', 20, 1_000_000)),
    spansPerSpanSet: Math.min(mostSpans, query.integer('spss', 3, 1_000_000)),
  });
}

/** The older search: values are parts of what the tags have, in upper or lower case; durations are the trace's. */
function tagsQuery(query: QueryString): string {
  const conditions = parseLogfmt(query.text('tags') ?? '').map(
    ([key, value]) => `${fieldOf(key)} =~ ${JSON.stringify(`(?i).*${escaped(value)}.*`)}`,
  );
  const [min, max] = [query.text('minDuration'), query.text('maxDuration')];
  if (min !== undefined) conditions.push(`traceDuration >= ${min}`);
  if (max !== undefined) conditions.push(`traceDuration <= ${max}`);
  return `{ ${conditions.join(' && ')} }`;
}

/** `service.name=shop http.url="/a b"` */
function parseLogfmt(text: string): [key: string, value: string][] {
  const pairs = text.matchAll(/([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g);
  return [...pairs].map(([, key = '', quoted, plain = '']) => [key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain]);
}

const intrinsics = new Set(['name', 'status', 'kind']);

function fieldOf(key: string): string {
  if (intrinsics.has(key)) return key;
  return /^[\w.\-/]+$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`;
}

function escaped(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
