// What tracing costs a program: no agent, Sightline, OpenTelemetry and dd-trace side by side. npm run bench -- agent [--quick] [--node 20,24] [--program hello,pg]
// Pins the program to one core, load and sink to another. Prints tables, and keeps all figures in bench/results/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { installFolder, installNodes, installPostgres } from '../../scripts/setup.mjs';
import { measureCost } from './cost.mjs';
import { startPostgres } from './postgres.mjs';
import { canPin, path, startSink, startUpstream } from './processes.mjs';
import { barsTable, costTable, sizeTable, startupTable } from './report.mjs';
import { programs } from './requests.mjs';
import { sidesFor, versionsOf } from './sides.mjs';
import { measureSize } from './size.mjs';
import { measureStartup } from './startup.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    node: { type: 'string' },
    program: { type: 'string' },
  },
});
/** For the file. */
const printed = [];
const majors = (options.node ?? (options.quick ? '24' : '20,24')).split(',');
const wanted = options.program?.split(',') ?? programs.map(({ name }) => name);

/** A first look has peers send twice a second rather than every five, so that it need not wait for them. */
const plan = options.quick
  ? {
      rounds: 1,
      seconds: 0.5,
      rateSeconds: 0.3,
      warmUpSeconds: 1,
      quietMs: 1_200,
      startups: 3,
      sideEnv: { OTEL_BSP_SCHEDULE_DELAY: '500', DD_TRACE_FLUSH_INTERVAL: '500' },
    }
  : { rounds: 5, seconds: 1, rateSeconds: 0.6, warmUpSeconds: 3, quietMs: 5_500, startups: 9, sideEnv: {} };

await installNodes();
await installPostgres();
await installFolder('the programs', path('.'));
for (const major of majors) await installFolder(`the peers for Node ${major}`, path(`peers/node-${major}`));
if (!canPin) print('taskset is missing: nothing is pinned to a core, and the figures are worth less\n');

const postgres = await startPostgres();
const upstream = startUpstream();
try {
  const env = { DATABASE_URL: postgres.url, UPSTREAM: `http://127.0.0.1:${(await upstream.firstMessage).port}/` };
  const results = { measured: new Date().toISOString(), machine: machine(), plan, nodes: {} };
  for (const major of majors) results.nodes[major] = await measureNode(major, env);
  print(`\n${barsTable(results)}`);
  process.stdout.write(`All figures: ${save(results)}\n`);
} finally {
  await upstream.stop();
  await postgres.stop();
}

async function measureNode(major, env) {
  const node = path(`../../e2e/nodes/node_modules/node-${major}/bin/node`);
  const sides = sidesFor(major);
  const versions = versionsOf(node, sides);
  print(`\n## Node ${versions.node}\n`);
  const cost = {};
  for (const program of programs.filter(({ name }) => wanted.includes(name))) {
    cost[program.name] = { title: program.title, sides: await measureCost(node, sides, program, plan, env) };
    print(costTable(cost[program.name], sides));
  }
  const sink = startSink();
  const { ports } = await sink.ask({ listen: ['startup'] });
  const startup = await measureStartup(node, sides, ports[0], plan.startups);
  const size = Object.fromEntries(
    sides.filter(({ folder }) => folder).map((side) => [side.name, measureSize(node, side, ports[0])]),
  );
  await sink.stop();
  print(startupTable(startup, sides));
  print(sizeTable(size, sides));
  return { versions, cost, startup, size };
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
  const isWhole = !options.quick && options.node === undefined && options.program === undefined;
  const name = isWhole ? 'agent' : 'agent-partial';
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${folder}${name}.md`, `# What the agent costs\n\n${describeRun(results)}\n${printed.join('\n')}\n`);
  return `bench/results/${name}.json`;
}

function describeRun({ measured, machine: { cpu, cores, memoryGb }, nodes }) {
  const versions = Object.values(nodes).map((node) =>
    Object.entries(node.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  return (
    `Measured ${measured.slice(0, 10)} by \`npm run bench -- agent\` on ${cores} cores (${cpu}, ${memoryGb} GB): ` +
    `${versions.join('; ')}. Medians of ${plan.rounds} rounds; what each column means, and the least ` +
    'and most, is in the JSON file beside this one.\n'
  );
}

function print(text) {
  printed.push(text);
  process.stdout.write(`${text}\n`);
}
