/** `sightline up` as it is built, on a data directory of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuByStage } from './thread-cpu.mjs';

const program = fileURLToPath(new URL('../../packages/cli/bin/sightline.cjs', import.meta.url));

/** Of CPU in a second: what looking for something to merge takes. */
const idleMergeSeconds = 0.005;

const closed = [
  'grpc',
  'jaeger-compact',
  'jaeger-binary',
  'jaeger-http',
  'jaeger-grpc',
  'zipkin',
  'sampling',
  'sampling-grpc',
].map((name) => `--${name}-port=off`);

export class Backend {
  dataDir;
  addresses;
  #child;

  #isKept;

  /** @param options.isKept the directory stays when it is stopped */
  constructor(dataDir = mkdtempSync(join(tmpdir(), 'sightline-bench-')), { isKept = false } = {}) {
    this.dataDir = dataDir;
    this.#isKept = isKept;
  }

  async start() {
    const readyFile = join(this.dataDir, 'ready.json');
    rmSync(readyFile, { force: true });
    const ports = ['http', 'otlp-http', 'otlp-grpc'].map((name) => `--${name}-port=0`);
    this.#child = spawn(
      process.execPath,
      [program, 'up', ...closed, '--data', this.dataDir, ...ports, '--ready-file', readyFile],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    while (!existsSync(readyFile)) {
      if (this.#child.exitCode !== null) throw new Error(`sightline up ended with ${this.#child.exitCode}`);
      await setTimeout(20);
    }
    this.addresses = JSON.parse(readFileSync(readyFile, 'utf8'));
    return this;
  }

  async status() {
    return await (await fetch(`${this.addresses.http}/api/v1/status`)).json();
  }

  /** Prometheus' names, with labels as they are printed → values. */
  async metrics() {
    const text = await (await fetch(`${this.addresses.http}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
    );
  }

  async cpu() {
    return cpuByStage(await this.metrics(), this.#child.pid);
  }

  /** Resolves when so many spans are stored; fails when nothing moves for a while. */
  async stored(count, patienceMs = 60_000) {
    for (let last = -1, sinceMs = performance.now(); ; ) {
      const { spanCount } = await this.status();
      if (spanCount >= count) return spanCount;
      if (spanCount !== last) [last, sinceMs] = [spanCount, performance.now()];
      if (performance.now() - sinceMs > patienceMs) return spanCount;
      await setTimeout(100);
    }
  }

  /** Until merges have nothing left to do. A large one takes half a minute, in which sizes stand still. */
  async settled() {
    for (let stillSeconds = 0, last = -1; stillSeconds < 5; await setTimeout(1_000)) {
      const { merge } = await this.cpu();
      stillSeconds = merge - last < idleMergeSeconds ? stillSeconds + 1 : 0;
      last = merge;
    }
  }

  async stop() {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
    rmSync(this.#isKept ? join(this.dataDir, 'ready.json') : this.dataDir, { recursive: true, force: true });
  }
}
