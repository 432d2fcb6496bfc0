// The steps of a script, each a command whose output shows only when it fails. Several may run side by side.
import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/** What each step that runs will have said, for one that fails to wait for. */
const running = new Set();
let hasFailed = false;
/** The step whose name stands at the end of what was printed: its time goes there. */
let lastName;

/**
 * Runs one step, prints its name and, when it ends, its time. One that fails ends the script, once the others that run have
 * ended, too: apt-get would leave packages half installed.
 */
export async function step(name, command, args, options = {}) {
  if (hasFailed) return new Promise(() => {});
  begin(name);
  const startMs = Date.now();
  const work = capture(command, args, options);
  running.add(work);
  const { code, output } = await work;
  running.delete(work);
  if (code === 0) return end(name, `${((Date.now() - startMs) / 1000).toFixed(1)} s`);
  hasFailed = true;
  end(name, `failed\n\n${output}`);
  process.stderr.write(`sightline: “${[command, ...args].join(' ')}” exited with ${code}\n`);
  await Promise.all(running);
  process.exit(1);
}

function begin(name) {
  process.stdout.write(`${lastName === undefined ? '' : '\n'}  ${name} … `);
  lastName = name;
}

/** Names the step again where others have been named since. */
function end(name, outcome) {
  if (lastName !== undefined && lastName !== name) process.stdout.write('\n');
  process.stdout.write(`${lastName === name ? '' : `  ${name} … `}${outcome}\n`);
  lastName = undefined;
}

function capture(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
