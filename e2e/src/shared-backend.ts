/** One `sightline up` for all tests of a file that only look: started before the first, stopped after the last. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { freePorts } from './backend.ts';
import { eventually, root } from './sightline.ts';

export interface Addresses {
  http: string;
  otlpHttp: string;
  dataDir: string;
}

/** @returns the addresses, filled in before the first test runs */
export function shareBackend(fill: (addresses: Addresses) => Promise<void>): Addresses {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightline-e2e-'));
  const addresses: Addresses = { http: '', otlpHttp: '', dataDir };
  const readyFile = join(dataDir, 'addresses.json');
  const said: Buffer[] = [];
  let stop: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const bin = join(root, 'packages/cli/bin/sightline.cjs');
    const up = spawn(process.execPath, [bin, 'up', '--data', dataDir, '--ready-file', readyFile, ...freePorts], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [up.stdout, up.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
    const ended = new Promise((resolve) => up.once('exit', resolve));
    stop = async () => {
      up.kill('SIGTERM');
      await ended;
    };
    Object.assign(addresses, await eventually(() => JSON.parse(readFileSync(readyFile, 'utf8')), 30_000));
    await fill(addresses);
  });
  afterAll(async () => {
    await stop?.();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    const faults = Buffer.concat(said)
      .toString()
      .split('\n')
      .filter((line) => /"level":[56]0/.test(line));
    expect(faults).toEqual([]);
  });
  return addresses;
}
