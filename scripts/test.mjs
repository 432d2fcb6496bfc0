// `npm test`: sets up, checks, builds and runs every test. `npm run e2e` runs the long form of the walks
// over built artefacts, of the crashes that the backend outlives and of queries against their reference. Further arguments go to Vitest: `npm test -- packages/agent`.
import { build } from './build.mjs';
import { check } from './check.mjs';
import {
  commandOf,
  findChromium,
  installChromium,
  installLongServers,
  installNodes,
  installPostgres,
  installPython,
  installRedis,
  run,
} from './setup.mjs';

const args = process.argv.slice(2);
await check();
await build();
await installNodes();
await installChromium();
await installPostgres();
await installRedis();
await installPython();
const long = args[0] === 'e2e';
if (long) await installLongServers();
const vitest = [
  commandOf('vitest'),
  'run',
  ...(long ? ['e2e/', 'src/crash/', 'query/traceql-', 'query/dependencies', ...args.slice(1)] : args),
];
const env = { ...process.env, CHROMIUM: findChromium(), ...(long ? { SIGHTLINE_E2E: 'long' } : {}) };
process.exit(await run(process.execPath, vitest, { env }));
