// The figures as Markdown.

export function costTable({ title, sides: results }, sides) {
  const [first] = sides;
  const rows = sides.map(({ name, title: side }) => {
    const result = results[name];
    const { addedCpuUs, halfRate, spansPerRequest } = result;
    const isFirst = name === first.name;
    return [
      side,
      thousands(result.requestsPerSecond.median),
      result.cpuUs.median.toFixed(1),
      isFirst ? '' : `${signed(addedCpuUs.median)} (${range(addedCpuUs, signed)})`,
      name === 'sightline' ? ratios(result) : '',
      milliseconds(result.p50Us.median),
      milliseconds(result.p99Us.median),
      halfRate.isOverloaded ? 'too slow' : milliseconds(halfRate.p99Us.median),
      isFirst || halfRate.isOverloaded ? '' : addedMs(halfRate.addedP99Us),
      (result.rssBytes.median / 1e6).toFixed(0),
      ...(spansPerRequest === 0
        ? ['', '', '']
        : [spansPerRequest, lost(result), (addedCpuUs.median / spansPerRequest).toFixed(1)]),
    ];
  });
  const head = [
    'agent',
    'requests/s',
    'CPU µs',
    'added µs (least–most)',
    'of OTel’s; dd’s',
    'p50 ms',
    'p99 ms',
    'p99 ms at half rate',
    'added',
    'RSS MB',
    'spans',
    'lost',
    'µs/span',
  ];
  const rate = thousands(results[first.name].halfRate.rate.median);
  return `**${title}**; p99 at ${rate} requests/s is at half of the bare peak\n\n${table(head, rows)}`;
}

function ratios({ addedCpuOf: { otel, 'dd-trace': datadog } }) {
  const text = (ratio) => `${ratio.median.toFixed(2)} (${range(ratio, (value) => value.toFixed(2))})`;
  return [otel, datadog].filter(Boolean).map(text).join('; ');
}

function addedMs(spread) {
  const text = (us) => `${us < 0 ? '−' : '+'}${milliseconds(Math.abs(us))}`;
  return `${text(spread.median)} (${range(spread, text)})`;
}

function range({ low, high }, text) {
  return `${text(low)}–${text(high)}`;
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
  const rows = Object.entries(nodes).flatMap(([major, node]) =>
    barsOf(major, node).map((bar) => [`Node ${major}`, ...bar]),
  );
  return `## Bars\n\n${table(['', 'what', 'bar', 'measured', ''], rows)}`;
}

function barsOf(major, { cost, startup, size }) {
  const bars = Object.entries(cost).flatMap(([program, { title, sides }]) => [
    ...costBars(title, sides),
    throughput(title, sides, major === '24' && program === 'hello'),
  ]);
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

function costBars(title, { none, sightline }) {
  const { addedCpuOf, halfRate } = sightline;
  const of = (peer) => addedCpuOf[peer].median;
  const lostSpans = Math.max(0, sightline.spansMade - sightline.spansArrived);
  const addedBytes = sightline.rssBytes.median - none.rssBytes.median;
  const p99 = `${title}: p99 added at half of the bare peak, ms`;
  return [
    bar(`${title}: CPU added, of OpenTelemetry’s`, '≤ 0.125', of('otel'), (ratio) => ratio <= 0.125, 3),
    bar(`${title}: CPU added, of dd-trace’s`, '≤ 0.25', of('dd-trace'), (ratio) => ratio <= 0.25, 3),
    halfRate.isOverloaded
      ? [p99, '≤ 1', 'too slow', '**missed**']
      : bar(p99, '≤ 1', halfRate.addedP99Us.median / 1_000, (ms) => ms <= 1, 2),
    bar(`${title}: resident memory added, MB`, '≤ 20', addedBytes / 1e6, (mb) => mb <= 20, 0),
    bar(`${title}: spans lost`, '0', lostSpans, (count) => count === 0, 0),
  ];
}

/** Only for a hello world on the newest Node is there a bar: elsewhere it is the CPU time told once more. */
function throughput(title, { sightline }, isBar) {
  const what = `${title}: throughput, of bare`;
  const { median } = sightline.throughputOfBare;
  return isBar ? bar(what, '≥ 0.75', median, (ratio) => ratio >= 0.75, 2) : [what, '', median.toFixed(2), ''];
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
