// Programs that the tests and benches start and that npm does not have: found on this machine, or installed by Debian's
// apt-get where we may do that.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from './postgres.mjs';
import { step } from './step.mjs';

const programs = {
  chromium: {
    title: 'Chromium',
    isThere: () => findChromium() !== undefined,
    whoNeeds: 'the browser tests need',
    packages: ['chromium'],
    otherwise: 'name one with CHROMIUM=/path/to/chromium',
  },
  /** The server that the database drivers are tested with. */
  postgres: {
    title: 'PostgreSQL',
    isThere: () => programOf('initdb') !== 'initdb' || isOnPath('initdb'),
    whoNeeds: 'the tests of pg need',
    packages: ['postgresql'],
    otherwise: 'have initdb and postgres on the PATH',
  },
  /** The broker that Celery is tested with. */
  redis: {
    title: 'Redis',
    isThere: () => isOnPath('redis-server'),
    whoNeeds: 'the tests of Celery need',
    packages: ['redis-server'],
    otherwise: 'have redis-server on the PATH',
  },
  python: {
    title: 'Python',
    isThere: hasVenv,
    whoNeeds: 'the tests of Python programs need',
    packages: ['python3', 'python3-pip', 'python3-venv'],
    otherwise: 'have a python3 of 3.10 or newer with pip and venv on the PATH',
  },
  /** Only the long form of the tests starts these two, for Python's clients of them. */
  mariadb: {
    title: 'MariaDB',
    isThere: () => isOnPath('mariadbd'),
    whoNeeds: 'the long tests need',
    packages: ['mariadb-server'],
    otherwise: 'have mariadbd on the PATH',
  },
  rabbitmq: {
    title: 'RabbitMQ',
    isThere: () => isOnPath('rabbitmq-server'),
    whoNeeds: 'the long tests need',
    packages: ['rabbitmq-server'],
    otherwise: 'have rabbitmq-server on the PATH',
  },
};

/** Those that are not there yet, by one apt-get. @param {(keyof typeof programs)[]} names */
export async function installPrograms(...names) {
  const missing = names.map((name) => programs[name]).filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  if (!mayInstall()) refuse(missing);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const packages = missing.flatMap((program) => program.packages);
  await step('updating the package list', 'apt-get', ['update', '-qq'], { env });
  const title = `installing ${missing.map((program) => program.title).join(', ')}`;
  await step(title, 'apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}

function refuse(missing) {
  for (const { title, whoNeeds, packages, otherwise } of missing) {
    const command = `sudo apt-get install ${packages.join(' ')}`;
    process.stderr.write(`sightline: ${whoNeeds} ${title}: install it (on Debian: ${command}), or ${otherwise}\n`);
  }
  process.exit(1);
}

function mayInstall() {
  return process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
}

/** The browser tests' Chromium: $CHROMIUM, or one on the PATH. @returns {string | undefined} */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  return ['chromium', 'chromium-browser', 'google-chrome'].map(findOnPath).find((path) => path !== undefined);
}

export function hasVenv() {
  return spawnSync('python3', ['-c', 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
}

function isOnPath(name) {
  return findOnPath(name) !== undefined;
}

function findOnPath(name) {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
