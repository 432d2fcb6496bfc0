// What tracing costs a program: no agent, Sightline, OpenTelemetry and dd-trace side by side. npm run bench -- agent [--quick] [--node 20,24] [--program hello,pg]
// Pins the program to one core, load and sink to another. Prints tables, and keeps all figures in bench/results/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
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
  const file = save(results);
  print(`\n${barsTable(results)}\nAll figures: ${file}`);
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
  return { cpu: cpu.model, cores: cpus().length, memoryGb, kernel: release(), pinned: canPin };
}

function save(results) {
  const folder = path('../results/');
  mkdirSync(folder, { recursive: true });
  const isWhole = !options.quick && options.node === undefined && options.program === undefined;
  const name = isWhole ? 'agent.json' : 'agent-partial.json';
  writeFileSync(`${folder}${name}`, `${JSON.stringify(results, null, 2)}\n`);
  return `bench/results/${name}`;
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
