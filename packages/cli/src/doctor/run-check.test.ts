import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkProcesses, readReports } from './run-check.ts';
import { checkInstalled } from './untraced-packages.ts';

const folder = mkdtempSync(join(tmpdir(), 'sightline-doctor-'));

test('each line of the file is a report; where no process wrote, there is none', () => {
  const file = join(folder, 'reports');
  expect(readReports(file)).toEqual([]);
  writeFileSync(file, '{"pid":1}\n{"pid":2}\n');
  expect(readReports(file)).toEqual([{ pid: 1 }, { pid: 2 }]);
});

test('processes and their threads are counted apart, and silence is a problem', () => {
  const file = join(folder, 'family');
  writeFileSync(file, '{"pid":1}\n{"pid":2}\n{"pid":2,"threadId":1}\n');
  expect(checkProcesses(readReports(file))).toEqual([{ level: 'ok', text: 'traced: 2 processes and 1 worker thread' }]);
  expect(checkProcesses([])).toMatchObject([{ level: 'problem' }]);
});

test('what is installed and not traced is told, also where it stands in a folder above', () => {
  for (const name of ['kafkajs', 'pg', 'left-pad']) {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), '{}');
  }
  mkdirSync(join(folder, 'src'), { recursive: true });
  const found = checkInstalled(join(folder, 'src'), new Set(['pg']));
  expect(found).toMatchObject([{ level: 'note', text: 'installed, and without spans of their own: kafkajs' }]);
  expect(checkInstalled(join(folder, 'src'), new Set(['pg', 'kafkajs']))).toEqual([]);
});
