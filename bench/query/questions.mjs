/**
 * What is asked, and how quickly it is to be answered: bars in ms, p95, at 10 million spans over 24 hours. A question is a path of
 * the HTTP API, with other values in every round, and what its answer must have. `growth`: how its time goes with the number of spans, and why.
 *
 * @param data {traffic, range: 'start=…&end=…', pass(round)}: what is stored
 */
import { services } from '../traffic/shop.mjs';

export const questions = {
  'trace by id': {
    bars: { warm: 20, cold: 100 },
    path: ({ traffic, pass }, round) => `/traces/${traffic.traceIdIn(pass(round), round * 31)}`,
    isRight: ({ resourceSpans }) => resourceSpans.length > 0,
    growth:
      'a bloom filter per 8,192 spans is looked at, all of which are in memory up to some 30 million, then one granule is read',
  },
  'newest 20 of a service': {
    bars: { warm: 40, cold: 200 },
    path: ({ traffic, range }, round) => `/traces?${range}&limit=20&service=${traffic.spanIn(round * 31).service}`,
    isRight: hasTwenty,
    growth: 'goes back from the newest minute until it has enough',
  },
  'newest 20 of a service with a span name': {
    bars: { warm: 40, cold: 200 },
    path({ traffic, range }, round) {
      const { service, name } = traffic.spanIn(round * 31);
      return `/traces?${range}&limit=20&service=${service}&name=${encodeURIComponent(name)}`;
    },
    isRight: hasTwenty,
    growth: 'goes back from the newest minute until it has enough',
  },
  'newest 20 with span.user.id = "…", one in 100,000': {
    bars: { warm: 100, cold: 400 },
    path: ({ traffic, range, pass }, round) =>
      `/traces?${range}&limit=20&attribute=user.id%3D${traffic.userIn(pass(round), round * 31)}`,
    isRight: ({ traces }) => traces.length > 0,
    growth:
      'a bloom filter of ids per 8,192 spans is looked at, as far back as 20 traces reach, and a granule is read for each trace',
  },
  'the same as TraceQL, with its first spans': {
    bars: { warm: 100, cold: 400 },
    path: ({ traffic, range, pass }, round) =>
      `/traces?${range}&limit=20&q=${encodeURIComponent(`{ span.user.id = "${traffic.userIn(pass(round), round * 31 + 7)}" }`)}`,
    isRight: ({ traces }) => traces.length > 0,
    growth: 'as above, and its first spans are read with their traces',
  },
  'newest 20 by service, name, duration, two attributes': {
    bars: { warm: 60, cold: 300 },
    path({ traffic, range }, round) {
      const { service, name } = traffic.spanIn(round * 31);
      const port = name.startsWith('SELECT') ? 5432 : 8443;
      return `/traces?${range}&limit=20&service=${service}&name=${encodeURIComponent(name)}&minDuration=2ms&attribute=server.port%3D${port}&attribute=service.version%3D${versionOf(service)}`;
    },
    isRight: hasTwenty,
    growth: 'goes back from the newest minute until it has enough',
  },
  '{ A } >> { B } over one hour': {
    bars: { warm: 500 },
    path: ({ hour }) =>
      `/traces?${hour}&limit=20&q=${encodeURIComponent('{ resource.service.name = "gateway" } >> { resource.service.name = "payments" }')}`,
    isRight: hasTwenty,
    growth: 'an hour’s spans are read, as far as 20 traces reach',
  },
  'rate() by (resource.service.name) over 24 h': {
    bars: { warm: 200 },
    path: ({ range }) => `/metrics?${range}&q=${encodeURIComponent('{ } | rate() by (resource.service.name)')}`,
    isRight: ({ series }) => series.length >= 12,
    growth: 'each part, of at most 512 MiB, knows how many spans it has in each minute',
  },
  'completion of keys': {
    bars: { warm: 50 },
    path: (_, round) => `/attributes?prefix=${['http', 'u', 's', 'net', 'db'][round % 5]}&limit=20`,
    isRight: ({ attributes }) => attributes.length > 0,
    growth: 'keys are counted as they come in',
  },
  'completion of values': {
    bars: { warm: 50 },
    path: ({ range }, round) =>
      `/attributes/values?${range}&limit=20&key=${['http.route', 'user_agent.original', 'db.collection.name', 'http.request.method'][round % 4]}`,
    isRight: ({ values }) => values.length > 0,
    growth: 'a sample of the newest spans is looked at',
  },
  'a trace of 100,000 spans, whole': {
    bars: { warm: 1500 },
    path: ({ largeTraceId }) => `/traces/${largeTraceId}`,
    isRight: ({ resourceSpans }) => spanCountOf(resourceSpans) === 100_000,
    growth: 'goes by the trace’s own spans',
  },
};

function hasTwenty({ traces }) {
  return traces.length === 20;
}

/** 1.0.0 for the first service, and so on. */
function versionOf(service) {
  return `1.${services.indexOf(service)}.0`;
}

function spanCountOf(resourceSpans) {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans).reduce((sum, { spans }) => sum + spans.length, 0);
}
