// How near the agent's figure of its own CPU time is to the truth: the same program's CPU time with and without it.
// Arguments: versions of Node, of those in e2e/nodes; default: 20 24. The agent is the one that is built.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const register = join(here, '../../packages/agent/dist/register.cjs');
const requests = { http: 30_000, async: 30_000, express: 20_000, manual: 15_000, client: 10_000 };
const rounds = 3;

const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
const backend = await listen((request, response) => request.resume().on('end', () => response.end()));
const upstream = await listen((_request, response) => response.end('up'));
const versions = process.argv.slice(2);
console.log('program   Node   bare µs  with µs  measured µs   it says   really   really/says');
for (const program of Object.keys(requests)) {
  for (const version of versions.length > 0 ? versions : ['20', '24']) await compare(program, version);
}
backend.close();
upstream.close();
rmSync(folder, { recursive: true });

/** In turn, several times: what else the machine does then disturbs all alike. */
async function compare(program, version) {
  const found = { bare: [], traced: [], measured: [], says: [] };
  for (let i = 0; i < rounds; i++) {
    found.bare.push((await cost(program, version, [])).cpuUs);
    found.traced.push((await cost(program, version, ['--require', register])).cpuUs);
    const { cpuUs, saysUs } = await cost(program, version, ['--require', register], { reports: true });
    found.measured.push(cpuUs);
    found.says.push(saysUs);
  }
  const [bare, traced, measured, says] = Object.values(found).map(median);
  const figures = [bare, traced, measured, says, traced - bare, (traced - bare) / says];
  const widths = [10, 9, 13, 10, 9, 14];
  const cells = figures.map((value, i) => value.toFixed(2).padStart(widths[i]));
  console.log(program.padEnd(9), version.padEnd(4), cells.join(''));
}

/** Of a request in a warm program: a long run less a short one. */
async function cost(program, version, args, options) {
  const count = requests[program];
  const short = await run(program, version, args, count, options);
  const long = await run(program, version, args, 3 * count, options);
  const perRequest = (name) => ((long[name] - short[name]) * 1_000) / (2 * count);
  return { cpuUs: perRequest('cpuMs'), saysUs: perRequest('saysMs') };
}

async function run(program, version, args, count, { reports = false } = {}) {
  const report = join(folder, 'report');
  const node = join(here, `../../e2e/nodes/node_modules/node-${version}/bin/node`);
  const env = {
    PATH: process.env.PATH,
    UPSTREAM_PORT: String(upstream.address().port),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${backend.address().port}`,
    ...(reports && { SIGHTLINE_REPORT: `json:${report}` }),
  };
  const child = spawn(node, [...args, join(here, 'program.cjs'), program], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
  await load(port, count);
  const cpuMs = Number(await ask(port, '/end'));
  await ended;
  if (!reports) return { cpuMs, saysMs: 0 };
  const { agentCpuMs } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
  return { cpuMs, saysMs: agentCpuMs };
}

/** Twenty connections, one request after the other on each. */
function load(port, count) {
  const request = 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  let left = count;
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request));
      left--;
      socket.on('error', reject);
      socket.on('data', () => {
        if (left-- > 0) return socket.write(request);
        socket.destroy();
        resolve();
      });
    });
  return Promise.all(Array.from({ length: 20 }, one));
}

function ask(port, path) {
  return new Promise((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (response) => {
      let body = '';
      response.on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

function listen(handler) {
  return new Promise((resolve) => {
    const server = createServer(handler).listen(0, '127.0.0.1', () => resolve(server));
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
