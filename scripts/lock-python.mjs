// `node scripts/lock-python.mjs`: makes the locks of what Python programs are traced with, and of what those of the tests and the bench need, each
// for all its Python versions at once; and looks whether each version gets the former as wheels, which `pip` finds out only
// when it installs. Needs `uv` on the PATH.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';

const oldest = '3.9';
const versions = [oldest, '3.10', '3.11', '3.12', '3.13', '3.14'];
const platforms = [
  'x86_64-manylinux_2_17',
  'aarch64-manylinux_2_17',
  'x86_64-unknown-linux-musl',
  'aarch64-apple-darwin',
];
const folder = join(root, 'packages/python');
const lock = join(folder, 'sightline_agent/requirements.txt');

compile(join(folder, 'requirements.in'), oldest, lock);
for (const user of ['e2e/python', 'bench/python']) {
  compile(join(root, user, 'requirements.in'), '3.10', join(root, user, 'requirements.txt'));
}
for (const version of versions) {
  for (const platform of platforms) check(version, platform);
  process.stdout.write(`Python ${version}: every package has a wheel, for ${platforms.join(', ')}\n`);
}

function compile(wanted, from, locked) {
  const header = '# Made by scripts/lock-python.mjs; pip takes the lines whose condition holds for its Python.\n';
  const options = ['--upgrade', '--universal', '--python-version', from, '--no-annotate', '--no-header'];
  writeFileSync(locked, header + uv('compile', ...options, wanted));
}

/** Throws, with what uv says of it, where a package has no wheel for them. */
function check(version, platform) {
  const target = mkdtempSync(join(tmpdir(), 'sightline-lock-'));
  try {
    const where = ['--target', target, '--python-version', version, '--python-platform', platform];
    uv('install', '--dry-run', '--no-deps', ...where, '-r', lock);
  } finally {
    rmSync(target, { recursive: true });
  }
}

function uv(command, ...args) {
  return execFileSync('uv', ['pip', command, '--quiet', '--only-binary', ':all:', ...args], { encoding: 'utf8' });
}
