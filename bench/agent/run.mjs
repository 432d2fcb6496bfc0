// What tracing costs a program: no agent, Sightline, OpenTelemetry and dd-trace side by side. npm run bench -- agent [--quick] [--node 20,24] [--program hello,pg] [--sides none,none,sightline]
// Pins the program to one core, load and sink to another. Prints tables, and keeps all figures in bench/results/.
// `--sides none,none,…` measures the bare program against itself: how far from nothing that is, any other figure may be.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { installPrograms } from '../../scripts/programs.mjs';
import { installFolder, installNodes } from '../../scripts/setup.mjs';
import { measureCost } from './cost.mjs';
import { planOf, readOptions } from './options.mjs';
import { startPostgres } from './postgres.mjs';
import { canPin, path, startSink, startUpstream } from './processes.mjs';
import { barsTable, costTable, sizeTable, startupTable } from './report.mjs';
import { chooseSides, sidesFor, versionsOf } from './sides.mjs';
import { measureSize } from './size.mjs';
import { measureStartup } from './startup.mjs';

const options = readOptions();
const plan = planOf(options);
/** For the file. */
const printed = [];

await installNodes();
await installPrograms('postgres');
await installFolder('the programs', path('.'));
for (const major of options.majors) await installFolder(`the peers for Node ${major}`, path(`peers/node-${major}`));
if (!canPin) print('taskset is missing: nothing is pinned to a core, and the figures are worth less\n');

const postgres = await startPostgres();
const upstream = startUpstream();
try {
  const env = { DATABASE_URL: postgres.url, UPSTREAM: `http://127.0.0.1:${(await upstream.firstMessage).port}/` };
  const results = { measured: new Date().toISOString(), machine: machine(), plan, nodes: {} };
  for (const major of options.majors) results.nodes[major] = await measureNode(major, env);
  if (options.sides === undefined) print(`\n${barsTable(results)}`);
  process.stdout.write(`All figures: ${save(results)}\n`);
} finally {
  await upstream.stop();
  await postgres.stop();
}

async function measureNode(major, env) {
  const node = path(`../../e2e/nodes/node_modules/node-${major}/bin/node`);
  const all = sidesFor(major);
  const sides = options.sides === undefined ? all : chooseSides(all, options.sides);
  const versions = versionsOf(node, sides);
  print(`\n## Node ${versions.node}\n`);
  const cost = {};
  for (const program of options.programs) {
    cost[program.name] = { title: program.title, sides: await measureCost(node, sides, program, plan, env) };
    print(costTable(cost[program.name], sides));
  }
  return { versions, cost, ...(options.sides === undefined && (await measureRest(node, sides))) };
}

async function measureRest(node, sides) {
  const sink = startSink();
  const { ports } = await sink.ask({ listen: ['startup'] });
  const startup = await measureStartup(node, sides, ports[0], plan.startups);
  const size = Object.fromEntries(
    sides.filter(({ folder }) => folder).map((side) => [side.name, measureSize(node, side, ports[0])]),
  );
  await sink.stop();
  print(startupTable(startup, sides));
  print(sizeTable(size, sides));
  return { startup, size };
}

function machine() {
  const [cpu] = cpus();
  const memoryGb = Math.round(totalmem() / 1e9);
  return { cpu: cpu.model, cores: cpus().length, memoryGb, pinned: canPin };
}

/** A whole run takes the place of the one before; a part of one is kept beside it. */
function save(results) {
  const folder = path('../results/');
  mkdirSync(folder, { recursive: true });
  const name = options.isWhole ? 'agent' : 'agent-partial';
  writeFileSync(`${folder}${name}.json`, `${toJson(results)}\n`);
  writeFileSync(`${folder}${name}.md`, `# What the agent costs\n\n${describeRun(results)}\n${printed.join('\n')}\n`);
  return `bench/results/${name}.json`;
}

/** Indented, with the figures of the rounds in one line. */
function toJson(results) {
  const lists = /\[\s+([-\d.,\se]+?)\s+\]/g;
  return JSON.stringify(results, null, 2).replace(lists, (_, list) => `[${list.replace(/\s+/g, ' ')}]`);
}

function describeRun({ measured, machine: { cpu, cores, memoryGb }, nodes }) {
  const versions = Object.values(nodes).map((node) =>
    Object.entries(node.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  return (
    `Measured ${measured.slice(0, 10)} by \`npm run bench -- agent\` on ${cores} cores (${cpu}, ${memoryGb} GB): ` +
    `${versions.join('; ')}. Medians of ${plan.rounds} rounds, with the least and the most; what is added, and its ` +
    'ratio to what a peer adds, is of two sides within one round. The rounds are in the JSON file beside this one.\n'
  );
}

function print(text) {
  printed.push(text);
  process.stdout.write(`${text}\n`);
}
