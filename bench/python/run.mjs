// What `sightline run` costs a Python program: until it has started, and per Flask request; beside opentelemetry-instrument
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { join } from 'node:path';
import { root } from '../../scripts/root.mjs';
import { makeVenv } from '../../scripts/setup.mjs';
import { cleanEnvironment } from '../agent/processes.mjs';
import { spread } from '../agent/statistics.mjs';

const folder = join(root, 'bench/python');
const bin = join(folder, '.venv/bin');
const python = join(bin, 'python');
const [starts = 15, rounds = 5, requests = 1_000] = process.argv.slice(2).map(Number);

await makeVenv('installing Flask and OpenTelemetry for Python', folder);
const sink = await startSink();
const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.address().port}` };
const sides = [
  { name: 'untraced', command: [python], env: {} },
  {
    name: 'sightline, without its launcher',
    command: [python],
    env: { ...env, PYTHONPATH: join(root, 'packages/cli/dist/python/start') },
  },
  {
    name: 'opentelemetry-instrument',
    command: [join(bin, 'opentelemetry-instrument'), python],
    env: {
      ...env,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    },
  },
];

/** As a person starts it: with the launcher, which is a Node of its own. */
const launched = {
  name: 'sightline run',
  command: [process.execPath, join(root, 'packages/cli/bin/sightline.cjs'), 'run', python],
  env,
};

await measure([...sides, launched], starts, start, [
  ['start with Flask and Requests, wall', 'ms', ({ wallMs }) => wallMs],
  ['start with Flask and Requests, processor of Python', 'ms', ({ cpuMs }) => cpuMs],
  ['end of a program that did nothing', 'ms', ({ endMs }) => endMs],
]);
await measure(sides, rounds, microsecondsPerRequest, [['a Flask request, processor', 'µs', (value) => value]]);
sink.close();

/** One after the other, so that all see the same machine; the first round reads from disk, and does not count. */
async function measure(some, times, take, figures) {
  const taken = new Map(some.map((side) => [side.name, []]));
  for (let round = 0; round <= times; round++) {
    for (const side of some) {
      const one = await take(side);
      if (round > 0) taken.get(side.name).push(one);
    }
  }
  for (const [title, unit, figureOf] of figures) {
    const plain = spread(taken.get('untraced').map(figureOf)).median;
    process.stdout.write(`${title}, medians of ${times}\n`);
    for (const [name, values] of taken) {
      const { median, low, high } = spread(values.map(figureOf));
      const more = name === 'untraced' ? '' : `  +${(median - plain).toFixed(0)} ${unit}`;
      process.stdout.write(
        `  ${name.padEnd(34)}${median.toFixed(0)} ${unit} (${low.toFixed(0)}–${high.toFixed(0)})${more}\n`,
      );
    }
  }
}

async function start(side) {
  const startedMs = performance.now();
  const child = launch(side, 'start.py');
  const ended = once(child, 'exit');
  const output = await once(child.stdout, 'data');
  const thereMs = performance.now();
  await ended;
  return { wallMs: thereMs - startedMs, cpuMs: Number(output) * 1_000, endMs: performance.now() - thereMs };
}

async function microsecondsPerRequest(side) {
  const child = launch(side, 'server.py');
  const port = Number(await once(child.stdout, 'data'));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path) => get(agent, port, path);
  for (let i = 0; i < 200; i++) await ask('/items/1');
  const before = Number(await ask('/cpu'));
  for (let i = 0; i < requests; i++) await ask('/items/1');
  const after = Number(await ask('/cpu'));
  agent.destroy();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return ((after - before) / requests) * 1e6;
}

function launch(side, script) {
  const [command, ...args] = side.command;
  return spawn(command, [...args, join(folder, script)], {
    env: cleanEnvironment(side.env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function get(agent, port, path) {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port, path }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    });
    asked.on('error', reject).end();
  });
}

/** Takes what is sent, and answers. */
async function startSink() {
  const server = createServer((asked, answer) => asked.resume().on('end', () => answer.end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
