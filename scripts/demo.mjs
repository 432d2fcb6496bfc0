// `npm run demo`, on a fresh clone as well: sets up, builds, and plays the demo (`sightline demo`), in this
// process, so that Ctrl-C reaches it as it would any program. `npm run demo -- --once` ends by itself.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { root } from './root.mjs';
import { preparePython } from './setup.mjs';

process.stdout.write('Setting up\n\n');
await build();
Object.assign(process.env, await preparePython(join(root, 'examples/proxy-python')));
process.stdout.write('\n');

const main = join(root, 'packages/cli/dist/main.cjs');
process.argv.splice(1, 1, main, 'demo');
await import(pathToFileURL(main).href);
