/**
 * `sightline demo`: the story that Sightline exists for, on three small services without tracing
 * code (examples/). It talks to the backend as anyone would, over HTTP.
 */
import { BackendApi } from '../backend-api.ts';
import { exitCode } from '../exit-codes.ts';
import { DemoProcesses } from './demo-processes.ts';
import { tellStory } from './story.ts';
import { keepTraffic } from './traffic.ts';

export async function demo(options: { once: boolean }): Promise<void> {
  const processes = new DemoProcesses();
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopped.abort());
  try {
    await play(processes, options, stopped.signal);
  } catch (error) {
    // Interrupted before its end, it has nothing to say, but has not shown what it was asked to.
    if (stopped.signal.aborted) process.exitCode = exitCode.failed;
    else fail(error);
  }
  await processes.stop();
}

async function play(processes: DemoProcesses, options: { once: boolean }, stopped: AbortSignal): Promise<void> {
  const startedUnixMs = Date.now();
  const backend = await processes.startBackend(stopped);
  const services = await processes.startServices(backend, stopped);
  await tellStory(new BackendApi(backend.http, stopped), services, startedUnixMs, stopped);
  process.stdout.write(`\nOpen ${backend.http}${options.once ? ' (without --once it stays there)' : ''}\n`);
  if (options.once) return;
  process.stdout.write(`A little traffic goes on. Try: curl '${services.proxy}/cache'\nStop with Ctrl-C.\n`);
  await keepTraffic(services, stopped);
}

function fail(error: unknown): void {
  process.stderr.write(`\nsightline demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCode.failed;
}
