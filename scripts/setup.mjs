// What `npm run demo`, `npm test` and the other scripts need before they start: a Node that is new
// enough, the dependencies of package-lock.json, and for the tests a Chromium and a PostgreSQL. Plain JavaScript on
// purpose: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programOf } from './postgres.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs one step, prints its name and its time; its output only when it fails. */
export async function step(name, command, args, options = {}) {
  process.stdout.write(`  ${name} … `);
  const startMs = Date.now();
  const { code, output } = await capture(command, args, options);
  if (code !== 0) {
    process.stdout.write(`failed\n\n${output}\n`);
    process.stderr.write(`sightline: “${[command, ...args].join(' ')}” exited with ${code}\n`);
    process.exit(1);
  }
  process.stdout.write(`${((Date.now() - startMs) / 1000).toFixed(1)} s\n`);
}

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

/** The browser tests' Chromium: $CHROMIUM, one on the PATH, or Debian's package where we may install it. */
export async function installChromium() {
  if (findChromium()) return;
  if (!mayInstall()) {
    process.stderr.write(
      'sightline: the browser tests need Chromium: install it (on Debian: sudo apt-get install chromium), ' +
        'or name one with CHROMIUM=/path/to/chromium\n',
    );
    process.exit(1);
  }
  await installPackage('Chromium', 'chromium');
}

/** The server that the database drivers are tested with: Debian's package, or one on the PATH. */
export async function installPostgres() {
  if (programOf('initdb') !== 'initdb' || findOnPath(['initdb'])) return;
  if (!mayInstall()) {
    process.stderr.write(
      'sightline: the tests of pg need PostgreSQL: install its server (on Debian: sudo apt-get install postgresql), ' +
        'or have initdb and postgres on the PATH\n',
    );
    process.exit(1);
  }
  await installPackage('PostgreSQL', 'postgresql');
}

/** The broker that Celery is tested with. */
export async function installRedis() {
  if (findOnPath(['redis-server'])) return;
  if (!mayInstall()) {
    process.stderr.write(
      'sightline: the tests of Celery need Redis: install its server (on Debian: sudo apt-get install redis-server), ' +
        'or have redis-server on the PATH\n',
    );
    process.exit(1);
  }
  await installPackage('Redis', 'redis-server');
}

/** What only the long form of the tests starts, for Python's clients of them. */
export async function installLongServers() {
  if (findOnPath(['mariadbd']) && findOnPath(['rabbitmq-server'])) return;
  if (!mayInstall()) {
    process.stderr.write(
      'sightline: the long tests need MariaDB and RabbitMQ: install their servers ' +
        '(on Debian: sudo apt-get install mariadb-server rabbitmq-server)\n',
    );
    process.exit(1);
  }
  await installPackage('MariaDB and RabbitMQ', 'mariadb-server', 'rabbitmq-server');
}

const pythonFolder = join(root, 'e2e', 'python');

/** What the Python programs of the tests need, in an environment of their own. */
export async function installPython() {
  if (!hasVenv()) {
    if (!mayInstall()) {
      process.stderr.write(
        'sightline: the tests of Python programs need Python 3.10 or newer with pip and venv: install them ' +
          '(on Debian: sudo apt-get install python3 python3-pip python3-venv)\n',
      );
      process.exit(1);
    }
    await installPackage('Python', 'python3-venv', 'python3-pip');
  }
  await makeVenv('installing Flask, Django and others for Python', pythonFolder);
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
  const sightline = join(root, 'packages/cli/bin/sightline.js');
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

function hasVenv() {
  return spawnSync('python3', ['-c', 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
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
    const options = ['--quiet', '--compile-bytecode', '--python', python, '-r', requirements];
    await step(name, join(venv, 'bin', 'uv'), ['pip', 'install', ...options]);
  } else {
    await step(name, python, [...pip, '-r', requirements]);
  }
  writeFileSync(stamp, lock);
}

function mayInstall() {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
}

/** Once is enough for all that is installed. */
let hasPackageList = false;

async function installPackage(title, ...names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (!hasPackageList) await step('updating the package list', 'apt-get', ['update', '-qq'], { env });
  hasPackageList = true;
  await step(`installing ${title}`, 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
}

export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  return findOnPath(['chromium', 'chromium-browser', 'google-chrome']);
}

function findOnPath(names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(':')) {
      if (folder && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

/** The JavaScript file behind a package's command, so that it runs without a shell or npx. */
export function commandOf(packageName, command = packageName) {
  const folder = join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

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
