// The figures as Markdown.

export function costTable({ title, sides: results }, sides) {
  const { none, otel } = results;
  const rows = sides.map(({ name, title: side }) => {
    const result = results[name];
    const added = result.cpuUs.median - none.cpuUs.median;
    return [
      side,
      thousands(result.requestsPerSecond.median),
      `${result.cpuUs.median.toFixed(1)} (${result.cpuUs.low.toFixed(1)}–${result.cpuUs.high.toFixed(1)})`,
      name === 'none' ? '' : signed(added),
      name === 'sightline' ? ratios(results) : '',
      milliseconds(result.p50Us.median),
      milliseconds(result.p99Us.median),
      result.halfRate.isOverloaded ? 'too slow' : milliseconds(result.halfRate.p99Us.median),
      (result.rssBytes.median / 1e6).toFixed(0),
      name === 'none' ? '' : result.spansPerRequest,
      name === 'none' ? '' : lost(result),
      name === 'none' ? '' : (added / result.spansPerRequest).toFixed(1),
    ];
  });
  const half =
    otel === undefined ? '' : `; p99 at ${thousands(none.halfRate.rate)} requests/s is at half of the bare peak`;
  const head = [
    'agent',
    'requests/s',
    'CPU µs (least–most)',
    'added µs',
    'of OTel’s, dd’s',
    'p50 ms',
    'p99 ms',
    'p99 ms at half rate',
    'RSS MB',
    'spans',
    'lost',
    'µs/span',
  ];
  return `**${title}**${half}\n\n${table(head, rows)}`;
}

function ratios({ none, sightline, otel, 'dd-trace': datadog }) {
  const of = (peer) => (addedUs(sightline, none) / addedUs(peer, none)).toFixed(2);
  return [otel, datadog].filter(Boolean).map(of).join(', ');
}

function addedUs(result, none) {
  return result.cpuUs.median - none.cpuUs.median;
}

function lost({ spansMade, spansArrived }) {
  const missing = Math.max(0, spansMade - spansArrived);
  return missing === 0 ? '0' : `${((missing / spansMade) * 100).toFixed(1)} %`;
}

export function startupTable(startup, sides) {
  const rows = Object.values(startup).map((start) => [
    start.title,
    ...sides.map(({ name }) => start[name].median.toFixed(0)),
    signed(start.sightline.median - start.none.median),
  ]);
  return `**Start, ms**\n\n${table(['program', ...sides.map(({ title }) => title), 'Sightline adds'], rows)}`;
}

export function sizeTable(size, sides) {
  const rows = sides
    .filter(({ name }) => size[name])
    .map(({ name, title }) => {
      const { bytes, packages, files, builtins } = size[name];
      return [title, (bytes / 1e6).toFixed(2), packages, files, builtins];
    });
  return `**Size**\n\n${table(['agent', 'MB installed', 'packages', 'files loaded at start', 'builtins loaded'], rows)}`;
}

/** What the agent is held to, and whether it keeps it. */
export function barsTable({ nodes }) {
  const rows = Object.entries(nodes).flatMap(([major, node]) => barsOf(node).map((bar) => [`Node ${major}`, ...bar]));
  return `## Bars\n\n${table(['', 'what', 'bar', 'measured', ''], rows)}`;
}

function barsOf({ cost, startup, size }) {
  const bars = Object.values(cost).flatMap(({ title, sides }) => costBars(title, sides));
  const adds = (name) => startup[name].sightline.median - startup[name].none.median;
  const { bytes, packages, files, builtins } = size.sightline;
  return [
    ...bars,
    bar('start-up added, CommonJS', '≤ 40 ms', Math.max(adds('exits'), adds('express')), (ms) => ms <= 40, 0),
    bar(
      'start-up added, ES module',
      '≤ 80 ms',
      Math.max(adds('exitsModule'), adds('expressModule')),
      (ms) => ms <= 80,
      0,
    ),
    bar('installed, MB', '≤ 1', bytes / 1e6, (mb) => mb <= 1, 2),
    bar('packages it depends on', '0', packages - 1, (count) => count === 0, 0),
    bar('modules loaded at start', '≤ 10', files + builtins, (count) => count <= 10, 0),
  ];
}

function costBars(title, { none, sightline, otel, 'dd-trace': datadog }) {
  const added = addedUs(sightline, none);
  const lostSpans = Math.max(0, sightline.spansMade - sightline.spansArrived);
  return [
    bar(
      `${title}: CPU added, of OpenTelemetry’s`,
      '≤ 0.125',
      added / addedUs(otel, none),
      (ratio) => ratio <= 0.125,
      3,
    ),
    bar(`${title}: CPU added, of dd-trace’s`, '≤ 0.25', added / addedUs(datadog, none), (ratio) => ratio <= 0.25, 3),
    bar(
      `${title}: throughput, of bare`,
      '≥ 0.75 for hello world',
      sightline.requestsPerSecond.median / none.requestsPerSecond.median,
      (ratio) => ratio >= 0.75,
      2,
    ),
    bar(
      // What disturbs a latency only adds to it, so the best round of each is the one to compare.
      `${title}: p99 added at half of the bare peak, best rounds, ms`,
      '≤ 1',
      (sightline.halfRate.p99Us.low - none.halfRate.p99Us.low) / 1_000,
      (ms) => ms <= 1,
      2,
    ),
    bar(
      `${title}: resident memory added, MB`,
      '≤ 20',
      (sightline.rssBytes.median - none.rssBytes.median) / 1e6,
      (mb) => mb <= 20,
      0,
    ),
    bar(`${title}: spans lost`, '0', lostSpans, (count) => count === 0, 0),
  ];
}

function bar(what, limit, value, keeps, digits) {
  return [what, limit, value.toFixed(digits), keeps(value) ? 'kept' : '**missed**'];
}

function table(head, rows) {
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function thousands(value) {
  return Math.round(value).toLocaleString('en');
}

function milliseconds(us) {
  return (us / 1_000).toFixed(2);
}

function signed(value) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}
