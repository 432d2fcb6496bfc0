/** TraceQL's own words, with what the query bar says of each. */
export interface TraceQlWord {
  readonly word: string;
  readonly note: string;
}

/** What a span, or its trace, has without being an attribute. */
export const intrinsics: readonly TraceQlWord[] = [
  { word: 'name', note: 'the span’s name' },
  { word: 'duration', note: 'how long the span took' },
  { word: 'status', note: 'error, ok or unset' },
  { word: 'statusMessage', note: 'what the status says' },
  { word: 'kind', note: 'server, client, producer, …' },
  { word: 'rootName', note: 'the name of the trace’s root span' },
  { word: 'rootServiceName', note: 'the service of the trace’s root span' },
  { word: 'traceDuration', note: 'how long the whole trace took' },
  { word: 'childCount', note: 'how many children the span has' },
  { word: 'nestedSetParent', note: 'below 0 for root spans' },
  { word: 'span:id', note: 'the span’s id' },
  { word: 'span:parentID', note: 'its parent’s id' },
  { word: 'trace:id', note: 'the trace’s id' },
  { word: 'event:name', note: 'the name of one of its events' },
  { word: 'event:timeSinceStart', note: 'from the span’s start to the event' },
  { word: 'link:traceID', note: 'the trace that one of its links leads to' },
  { word: 'link:spanID', note: 'the span that one of its links leads to' },
  { word: 'instrumentation:name', note: 'the library that made the span' },
  { word: 'instrumentation:version', note: 'the version of that library' },
];

export const statusValues: readonly string[] = ['error', 'ok', 'unset'];
export const kindValues: readonly string[] = ['server', 'client', 'producer', 'consumer', 'internal', 'unspecified'];

export const comparisons: readonly TraceQlWord[] = [
  { word: '=', note: 'is' },
  { word: '!=', note: 'is not; with nil: is there' },
  { word: '=~', note: 'matches the pattern' },
  { word: '!~', note: 'does not match the pattern' },
  { word: '>', note: 'more than' },
  { word: '>=', note: 'at least' },
  { word: '<', note: 'less than' },
  { word: '<=', note: 'at most' },
];

/** Between sets of spans. */
export const structures: readonly TraceQlWord[] = [
  { word: '>>', note: 'the right, anywhere below the left' },
  { word: '>', note: 'the right, children of the left' },
  { word: '<<', note: 'the right, anywhere above the left' },
  { word: '<', note: 'the right, parents of the left' },
  { word: '~', note: 'the right, siblings of the left' },
  { word: '&&', note: 'traces that have both' },
  { word: '||', note: 'traces that have either' },
  { word: '|', note: 'then: count, rate, group …' },
];

/** A function of a pipeline; `insert` is what is typed where it is more than the word, `#` where the cursor goes. */
export interface TraceQlFunction extends TraceQlWord {
  readonly insert: string;
  /** Ends the search: the answer is a series over time. */
  readonly isMetric?: true;
}

export const functions: readonly TraceQlFunction[] = [
  { word: 'count', insert: 'count() > #', note: 'how many spans of the trace match' },
  { word: 'avg', insert: 'avg(#)', note: 'over the matching spans of the trace' },
  { word: 'min', insert: 'min(#)', note: 'over the matching spans of the trace' },
  { word: 'max', insert: 'max(#)', note: 'over the matching spans of the trace' },
  { word: 'sum', insert: 'sum(#)', note: 'over the matching spans of the trace' },
  { word: 'by', insert: 'by(#)', note: 'a set of spans for each value' },
  { word: 'select', insert: 'select(#)', note: 'attributes to show with the spans' },
  { word: 'coalesce', insert: 'coalesce()', note: 'the sets in one again' },
  { word: 'rate', insert: 'rate()#', note: 'spans per second', isMetric: true },
  { word: 'count_over_time', insert: 'count_over_time()#', note: 'spans per step', isMetric: true },
  {
    word: 'quantile_over_time',
    insert: 'quantile_over_time(duration, .5, .95, .99)#',
    note: 'percentiles',
    isMetric: true,
  },
  { word: 'histogram_over_time', insert: 'histogram_over_time(duration)#', note: 'a heat map', isMetric: true },
  { word: 'avg_over_time', insert: 'avg_over_time(#)', note: 'the mean per step', isMetric: true },
  { word: 'min_over_time', insert: 'min_over_time(#)', note: 'the least per step', isMetric: true },
  { word: 'max_over_time', insert: 'max_over_time(#)', note: 'the most per step', isMetric: true },
  { word: 'sum_over_time', insert: 'sum_over_time(#)', note: 'the sum per step', isMetric: true },
  { word: 'compare', insert: 'compare({ # })', note: 'what sets these spans apart', isMetric: true },
  { word: 'topk', insert: 'topk(#)', note: 'the largest series', isMetric: true },
  { word: 'bottomk', insert: 'bottomk(#)', note: 'the smallest series', isMetric: true },
];

const metricWords = new Set(functions.filter(({ isMetric }) => isMetric).map(({ word }) => word));

export function isMetricFunction(word: string): boolean {
  return metricWords.has(word);
}
