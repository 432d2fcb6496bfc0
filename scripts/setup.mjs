// What `npm run demo`, `npm test` and the other scripts need before they start: a Node that is new
// enough, the dependencies of package-lock.json, and environments for Python. Plain JavaScript on
// purpose: it runs before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasVenv } from './programs.mjs';
import { root } from './root.mjs';
import { step } from './step.mjs';

/** Runs a command with the terminal's own input and output. Resolves with its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 6)) return;
  process.stderr.write(`sightline: this is Node ${process.versions.node}; 20.6 or newer is needed\n`);
  process.exit(1);
}

export function installDependencies() {
  return install('installing dependencies (npm ci, a few minutes the first time)', root);
}

/** The other Node versions that the agent is tested on. */
export function installNodes() {
  return install('installing Node 20, 22, 24 and 26', join(root, 'e2e', 'nodes'));
}

/** What a bench needs beside, in a folder with a lock of its own. */
export function installFolder(what, folder) {
  return install(`installing ${what}`, folder);
}

/** `npm ci`, unless the installed tree is the one that package-lock.json describes. */
async function install(name, folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.sightline-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  await step(name, npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  writeFileSync(stamp, lock);
}

/** What the Python programs of the tests need, in an environment of their own. */
export function installPython() {
  return makeVenv('installing Flask, Django and others for Python', join(root, 'e2e', 'python'));
}

/**
 * An environment for an example in Python, and OpenTelemetry for it, so that the demo does not wait for them. A machine
 * without Python has the demo without it.
 * @returns variables for `sightline demo`
 */
export async function preparePython(folder) {
  if (!hasVenv()) return { SIGHTLINE_DEMO_NO_PYTHON: 'it needs Python 3.10 or newer with pip and venv' };
  await makeVenv('installing Flask and requests for Python', folder);
  const python = join(folder, '.venv', 'bin', 'python');
  const sightline = join(root, 'packages/cli/bin/sightline.cjs');
  await step('OpenTelemetry for Python (once)', process.execPath, [
    sightline,
    'run',
    '--no-up',
    '--',
    python,
    '-c',
    'import flask',
  ]);
  return { SIGHTLINE_DEMO_PYTHON: python };
}

/** `.venv` in a folder, with its requirements.txt installed, unless it is there already. By uv, where that is part of it: pip takes ten times as long. */
export async function makeVenv(name, folder) {
  const requirements = join(folder, 'requirements.txt');
  const venv = join(folder, '.venv');
  const stamp = join(venv, '.sightline-lock');
  const lock = readFileSync(requirements, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  await step('making an environment for Python', 'python3', ['-m', 'venv', '--clear', venv]);
  const python = join(venv, 'bin', 'python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'];
  const uv = /^uv==\S+/m.exec(lock)?.[0];
  if (uv) {
    await step('uv', python, [...pip, uv]);
    await step(name, join(venv, 'bin', 'uv'), ['pip', 'install', '--quiet', '--python', python, '-r', requirements]);
  } else {
    await step(name, python, [...pip, '-r', requirements]);
  }
  writeFileSync(stamp, lock);
}

/** The JavaScript file behind a package's command, so that it runs without a shell or npx. */
export function commandOf(packageName, command = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
