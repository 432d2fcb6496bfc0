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
  results.sizes[spanCount] = { ...results.sizes[spanCount], ...answers };
  writeFileSync(fileOf('query.json'), `${JSON.stringify(results, null, 2)}\n`);
  const text = table(results);
  writeFileSync(fileOf('query.md'), text);
  process.stdout.write(`\n${text}`);
}

function table({ sizes, machine }) {
  const counts = Object.keys(sizes)
    .map(Number)
    .sort((a, b) => a - b);
  const heads = counts.map((count) => `${(count / 1e6).toLocaleString('en')} million: p50 · p95, cold`);
  const rows = Object.entries(questions).map(([name, { bars, growth }]) => {
    const bar = `${bars.warm}${bars.cold === undefined ? '' : `, ${bars.cold}`}`;
    const cells = counts.map((count) => cell(sizes[count][name]));
    return `| ${name} | ${bar} | ${cells.join(' | ')} | ${grows(counts, (count) => sizes[count][name])}: ${growth} |`;
  });
  return [
    `| ms | bar at 10 million: p95, cold | ${heads.join(' | ')} | with the number of spans |`,
    `| --- | ---: | ${heads.map(() => '---:').join(' | ')} | --- |`,
    ...rows,
    '',
    `While 5,000 spans/s come in. Cold: no file of the store in memory. ${machine.cpu}, ${machine.cores} cores, load generator and asker included; Node ${machine.node}.`,
    '',
  ].join('\n');
}

function cell(answer) {
  if (answer === undefined) return '';
  if (answer.failure !== undefined) return 'not answered';
  const { warm, cold } = answer;
  return `${warm.p50Ms} · ${warm.p95Ms}${cold === undefined ? '' : `, ${cold.p95Ms}`}`;
}

/** From the smallest size to the largest, by how much the median grows for ten times as many spans. */
function grows(counts, answerAt) {
  const known = counts.filter((count) => answerAt(count)?.warm);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || first === last) return '–';
  const times = answerAt(last).warm.p50Ms / answerAt(first).warm.p50Ms;
  const forTen = times ** (1 / Math.log10(last / first));
  if (forTen < 1.5) return 'flat';
  return forTen > 5 ? 'linear' : `×${forTen.toFixed(1)} for ten times as many`;
}
