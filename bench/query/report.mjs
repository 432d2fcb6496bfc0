import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { questions } from './questions.mjs';

const fileOf = (name) => fileURLToPath(new URL(`../results/${name}`, import.meta.url));

/** Beside what earlier runs found at other sizes. */
export function report(spanCount, answers, machine) {
  const results = existsSync(fileOf('query.json'))
    ? JSON.parse(readFileSync(fileOf('query.json'), 'utf8'))
    : { sizes: {} };
  results.machine = machine;
  // Each with the load that it was measured under: of the size, others may have been measured at another time.
  for (const [name, answer] of Object.entries(answers)) {
    results.sizes[spanCount] ??= {};
    results.sizes[spanCount][name] = { ...answer, load: machine.load };
  }
  writeFileSync(fileOf('query.json'), `${JSON.stringify(results, null, 2)}\n`);
  const text = table(results);
  writeFileSync(fileOf('query.md'), text);
  process.stdout.write(`\n${text}`);
}

function table({ sizes, machine }) {
  const counts = Object.keys(sizes)
    .map(Number)
    .sort((a, b) => a - b);
  const heads = counts.flatMap((count) =>
    ['warm', 'cold'].map((state) => `${(count / 1e6).toLocaleString('en')} million, ${state}`),
  );
  const rows = Object.entries(questions).map(([name, { bars, growth }]) => {
    const bar = `${bars.warm} · ${bars.cold ?? '–'}`;
    const cells = counts.flatMap((count) => ['warm', 'cold'].map((state) => cell(sizes[count][name], state, bars)));
    return `| ${name} | ${bar} | ${cells.join(' | ')} | ${grows(counts, (count) => sizes[count][name])}: ${growth} |`;
  });
  const ofSizes = (key, digits) =>
    counts
      .map((count) => `${(count / 1e6).toLocaleString('en')} million: ${rangeOf(sizes[count], key, digits)}`)
      .join('; ');
  return [
    `| ms: p50 · p95 · p99 | bar, p95: warm · cold | ${heads.join(' | ')} | with the number of spans |`,
    `| --- | ---: | ${heads.map(() => '---:').join(' | ')} | --- |`,
    ...rows,
    '',
    `Bold: a p95 above its bar, which is one for 10 million. While 5,000 spans/s come in; warm: after answers that are not measured (${ofSizes('firstRounds', 0)}); cold: no file of the store in memory. ${machine.cpu}, ${machine.cores} cores, load generator and asker included; Node ${machine.node}.`,
    `Load average while it was measured, of which the bench itself is about 1 (${ofSizes('load', 1)}): where it is more, others used the machine too.`,
    '',
  ].join('\n');
}

function rangeOf(answers, key, digits) {
  const values = Object.values(answers).flatMap((answer) => (answer[key] === undefined ? [] : [answer[key]]));
  return values.length === 0
    ? 'unknown'
    : `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}

function cell(answer, state, bars) {
  if (answer === undefined) return '';
  if (answer.failure !== undefined) return 'not answered';
  const found = answer[state];
  if (found === undefined) return '–';
  const { p50Ms, p95Ms, p99Ms } = found;
  return `${p50Ms} · ${p95Ms > bars[state] ? `**${p95Ms}**` : p95Ms} · ${p99Ms}`;
}

/** They are whole ms: what takes less than this is not told apart. */
const leastMs = 3;

/** From one size to the next, where the median grows most: how many times for ten times as many spans. */
function grows(counts, answerAt) {
  const known = counts.filter((count) => answerAt(count)?.warm);
  const steps = known.slice(1).map((count, index) => {
    const medianMs = (at) => Math.max(leastMs, answerAt(at).warm.p50Ms);
    const times = medianMs(count) / medianMs(known[index]);
    return { from: known[index], to: count, forTen: times ** (1 / Math.log10(count / known[index])) };
  });
  if (steps.length === 0) return '–';
  const { from, to, forTen } = steps.reduce((most, step) => (step.forTen > most.forTen ? step : most));
  if (forTen < 1.5) return 'flat';
  const between = `from ${from / 1e6} to ${to / 1e6} million`;
  return forTen > 5 ? `linear ${between}` : `×${forTen.toFixed(1)} for ten times as many, ${between}`;
}
