// `node scripts/lock-python.mjs`: makes the lock of what Python programs are traced with, for every Python version at once, and
// looks whether each of them gets all of it as wheels: `pip` finds out only when it installs. Needs `uv` on the PATH.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

const oldest = '3.9';
const versions = [oldest, '3.10', '3.11', '3.12', '3.13', '3.14'];
const platforms = [
  'x86_64-manylinux_2_17',
  'aarch64-manylinux_2_17',
  'x86_64-unknown-linux-musl',
  'aarch64-apple-darwin',
];
const wanted = join(root, 'packages/python/requirements.in');
const lock = join(root, 'packages/python/sightline_agent/requirements.txt');

const header = `# What is installed for Python programs, exactly: made by scripts/lock-python.mjs. pip takes the lines whose condition holds
# for its Python.
`;

const compiled = uv('compile', '--universal', '--python-version', oldest, '--no-annotate', '--no-header', wanted);
writeFileSync(lock, header + compiled);
for (const version of versions) {
  for (const platform of platforms) check(version, platform);
  process.stdout.write(`Python ${version}: every package has a wheel, for ${platforms.join(', ')}\n`);
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
