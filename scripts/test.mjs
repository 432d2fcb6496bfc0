// `npm test`: sets up, checks, builds and runs every test. `npm run e2e` runs the long form of the walks
// over built artefacts, of the crashes that the backend outlives and of queries against their reference. Further arguments go to Vitest: `npm test -- packages/agent`.
import { build } from './build.mjs';
import { check } from './check.mjs';
import { findChromium, hasVenv, installPrograms } from './programs.mjs';
import { commandOf, installDependencies, installNodes, installPython, requireNode, run } from './setup.mjs';

const args = process.argv.slice(2);
const long = args[0] === 'e2e';

requireNode();
// What waits for npm's, Debian's and Python's registries goes on beside what computes.
const programs = installPrograms('chromium', 'postgres', 'redis', 'python', ...(long ? ['mariadb', 'rabbitmq'] : []));
await Promise.all([hasVenv() ? installPython() : programs.then(installPython), installPackages(), programs]);

const vitest = [
  commandOf('vitest'),
  'run',
  ...(long ? ['e2e/', 'src/crash/', 'query/traceql-', 'query/dependencies', ...args.slice(1)] : args),
];
const env = { ...process.env, CHROMIUM: findChromium(), ...(long ? { SIGHTLINE_E2E: 'long' } : {}) };
process.exit(await run(process.execPath, vitest, { env }));

/** One `npm ci` at a time: they share npm's cache. */
async function installPackages() {
  await installDependencies();
  await Promise.all([installNodes(), check().then(build)]);
}
