/** What Python programs load of the agent is compiled once, wherever it is installed and whatever PYTHONDONTWRITEBYTECODE says. */
import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { pythonBin } from './python-programs.ts';
import { root, temporaryDirectory } from './sightline.ts';

const agent = join(root, 'packages/cli/dist/python');

/** A program that imports nothing to trace. */
async function start(cache: string, folder = agent): Promise<{ stdout: string; stderr: string }> {
  return await python('print("hello")', { SIGHTLINE_PYTHON_CACHE: cache }, folder);
}

async function python(
  code: string,
  env: NodeJS.ProcessEnv,
  folder = agent,
  cwd?: string,
): Promise<{ stdout: string; stderr: string }> {
  return await promisify(execFile)(join(pythonBin, 'python'), ['-c', code], {
    env: { PYTHONPATH: join(folder, 'start'), PYTHONDONTWRITEBYTECODE: '1', ...env },
    cwd,
  });
}

const hello = { stdout: 'hello\n', stderr: '' };

function filesIn(cache: string): { name: string; content: Buffer; writtenMs: number }[] {
  const folder = join(cache, 'bytecode');
  return readdirSync(folder).map((name) => {
    const path = join(folder, name);
    return { name, content: readFileSync(path), writtenMs: statSync(path).mtimeMs };
  });
}

test('bytecode is kept in the cache, and read from there', async () => {
  const cache = temporaryDirectory();
  expect(await start(cache)).toEqual(hello);
  const kept = filesIn(cache);
  expect(kept.map(({ name }) => name.replace(/-[0-9a-f]{16}$/, '')).sort()).toEqual([
    ...['after_import.py', 'bystanders.py', 'libraries.json', 'libraries.py', 'start.py'],
  ]);
  expect(await start(cache)).toEqual(hello);
  expect(filesIn(cache)).toEqual(kept);
});

test('what is damaged is compiled anew; where nothing can be kept, the program runs all the same', async () => {
  const cache = temporaryDirectory();
  await start(cache);
  const kept = filesIn(cache);
  for (const { name } of kept) writeFileSync(join(cache, 'bytecode', name), 'rubbish');
  expect(await start(cache)).toEqual(hello);
  expect(filesIn(cache).map(({ content }) => content)).toEqual(kept.map(({ content }) => content));
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  expect(await start(file)).toEqual(hello);
});

test('without a home directory nothing is kept where the program runs', async () => {
  const cwd = temporaryDirectory();
  const { stdout, stderr } = await python('import sqlite3; print("hello")', { HOME: 'nowhere' }, agent, cwd);
  expect(stdout).toBe('hello\n');
  expect(stderr).toBe(
    'sightline: this program runs untraced: there is no home directory for OpenTelemetry; SIGHTLINE_PYTHON_CACHE names another folder\n',
  );
  expect(readdirSync(cwd)).toEqual([]);
});

test('a module of another version counts, though its size and its time are the same', async () => {
  const cache = temporaryDirectory();
  const folder = temporaryDirectory();
  cpSync(agent, folder, { recursive: true });
  const module = join(folder, 'sightline_agent/after_import.py');
  const source = readFileSync(module, 'utf8');
  for (const version of ['one', 'two']) {
    writeFileSync(module, `${source}\nprint("${version}")\n`);
    utimesSync(module, 1, 1);
    expect(await start(cache, folder)).toEqual({ stdout: `${version}\nhello\n`, stderr: '' });
  }
});
