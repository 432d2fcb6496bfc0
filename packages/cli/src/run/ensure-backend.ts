/**
 * Starts `up` in the background when nothing answers where the agent will send its spans. It
 * outlives us, and later runs share it.
 *
 * `up` takes about a second to start, and a short program is done by then. So we open the port that
 * spans are sent to and hand the listening socket down to `up`, as systemd does: connections
 * wait in the kernel until someone serves them, and what a program sends at its end is there even
 * if the program is not. A port can be opened by one process only, which also decides between runs
 * that start at the same moment.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { mainFile } from '../files.ts';
import type { RunPlan } from './environment.ts';

/** @returns true when this call started it */
export async function ensureBackend(plan: RunPlan): Promise<boolean> {
  if (await answers(plan.otlpAddress)) return false;
  try {
    const socket = await listen(plan.otlpAddress);
    if (!socket) return false;
    startInBackground(plan, socket);
    return true;
  } catch (error) {
    say(`could not start the backend: ${(error as Error).message}`);
    return false;
  }
}

/** Does anything accept a connection there? On one's own machine the answer takes less than a millisecond. */
function answers(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const finish = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/** @returns undefined when another run was quicker */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // Who comes in the moment before the socket is handed on has to come again, as agents do.
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(Number(new URL(address).port), process.env.SIGHTLINE_HOST || '127.0.0.1', () => resolve(server));
  });
}

function startInBackground({ dataDir, httpAddress }: RunPlan, socket: Server): void {
  mkdirSync(dataDir, { recursive: true });
  const logFile = join(dataDir, 'up.log');
  const log = openSync(logFile, 'a');
  const logStart = statSync(logFile).size;
  // Without the user's NODE_OPTIONS: they are meant for the program, and might trace the tracer.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const args = ['up', '--data', dataDir, '--http-port', new URL(httpAddress).port, '--otlp-http-fd', '3'];
  const up = spawn(process.execPath, [mainFile, ...args], {
    detached: true,
    stdio: ['ignore', log, log, descriptorOf(socket)],
    cwd: dataDir,
    env,
  });
  closeSync(log);
  socket.close();
  up.unref();
  say(`started the backend in the background, traces at ${httpAddress} (to stop it: sightline down)`);
  up.once('exit', (code) => {
    // 0: somebody stopped it, and knows.
    if (code !== 0) say(`the backend ended: ${lastWords(logFile, logStart) || `exit code ${code}`} (log: ${logFile})`);
  });
}

/** Node has no public name for it, and child processes take a listening socket by its number only. */
function descriptorOf(socket: Server): number {
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}

function lastWords(logFile: string, logStart: number): string {
  const said = readFileSync(logFile).subarray(logStart).toString().trim();
  return (said.split('\n').at(-1) ?? '').replace(/^sightline: /, '');
}

function say(text: string): void {
  process.stderr.write(`sightline: ${text}\n`);
}
