// How long a program takes that only exits, and an express app until it listens.
import { spawn } from 'node:child_process';
import { canPin, cleanEnvironment, path, programCore } from './processes.mjs';
import { spread } from './statistics.mjs';

/** What is started; `until` the process has exited, or has told its port. */
const starts = [
  { name: 'exits', title: 'exits, CommonJS', file: 'exit.cjs', format: 'commonjs', until: 'exit' },
  { name: 'exitsModule', title: 'exits, ES module', file: 'exit.mjs', format: 'module', until: 'exit' },
  { name: 'express', title: 'express listens, CommonJS', file: 'express.cjs', format: 'commonjs', until: 'message' },
  {
    name: 'expressModule',
    title: 'express listens, ES module',
    file: 'express.mjs',
    format: 'module',
    until: 'message',
  },
];

/** @returns {[start]: {title, [side]: {median, low, high}}}, in milliseconds */
export async function measureStartup(node, sides, sinkPort, rounds) {
  const results = {};
  for (const start of starts) {
    const times = Object.fromEntries(sides.map(({ name }) => [name, []]));
    for (let round = 0; round <= rounds; round++) {
      for (const side of sides) {
        const ms = await time(node, side, start, sinkPort);
        if (round > 0) times[side.name].push(ms); // the first reads from disk
      }
    }
    const spreads = Object.entries(times).map(([side, list]) => [side, spread(list)]);
    results[start.name] = { title: start.title, ...Object.fromEntries(spreads) };
  }
  return results;
}

async function time(node, side, { file, format, until }, sinkPort) {
  const args = [...side.options(format), path(`programs/${file}`)];
  const [command, ...rest] = canPin ? ['taskset', '-c', String(programCore), node, ...args] : [node, ...args];
  const startMs = performance.now();
  const child = spawn(command, rest, {
    env: cleanEnvironment(side.env(sinkPort)),
    stdio: ['ignore', 'ignore', 'ignore', ...(until === 'message' ? ['ipc'] : [])],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const ended = until === 'exit' ? exited : new Promise((resolve) => child.once('message', resolve));
  await Promise.race([ended, exited]);
  const ms = performance.now() - startMs;
  if (until === 'exit' && child.exitCode !== 0)
    throw new Error(`${file} under ${side.title} exited with ${child.exitCode}`);
  if (until === 'message') {
    if (child.exitCode !== null) throw new Error(`${file} under ${side.title} did not listen`);
    child.kill('SIGKILL');
    await exited;
  }
  return ms;
}
