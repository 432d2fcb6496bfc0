/** The processes of the demo: a backend with data that lasts as long as the demo, and the services under `sightline run`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackendApi } from '../backend-api.ts';
import { exitCode } from '../exit-codes.ts';
import { examplesFolder } from '../files.ts';
import { line, paint } from '../terminal/paint.ts';
import { DemoProcess } from './demo-process.ts';

export interface BackendAddresses {
  http: string;
  otlpHttp: string;
}

/** Where each service answers. */
export type Services = Record<ServiceName, string>;
export type ServiceName = (typeof serviceNames)[number];

const serviceNames = ['fast', 'slow', 'proxy'] as const;

export class DemoProcesses {
  readonly #directory = mkdtempSync(join(tmpdir(), 'sightline-demo-'));
  readonly #services: DemoProcess[] = [];
  #backend: DemoProcess | undefined;

  async startBackend(stopped: AbortSignal): Promise<BackendAddresses> {
    const own = await this.#tryUp([], stopped);
    if (own) return own;
    const running = await runningSightline(stopped);
    if (running) {
      step('backend', running.http, 'it was there already');
      return running;
    }
    const elsewhere = await this.#tryUp(['--http-port', '0', '--otlp-http-port', '0'], stopped);
    if (!elsewhere) throw new Error('the backend found no free port');
    step('', '', 'another program has its usual ports, so it took free ones');
    return elsewhere;
  }

  async startServices(backend: BackendAddresses, stopped: AbortSignal): Promise<Services> {
    if (!existsSync(examplesFolder)) {
      throw new Error('the three services are part of the repository: clone it, and run `npm run demo` there');
    }
    const started = serviceNames.map(async (name) => [name, await this.#startService(name, backend, stopped)] as const);
    const services = Object.fromEntries(await Promise.all(started)) as Services;
    for (const name of serviceNames) step(name, services[name], `sightline run node examples/${name}/server.js`);
    return services;
  }

  async stop(): Promise<void> {
    // The services first: what they have still to say shall find someone who listens.
    await Promise.all(this.#services.map((service) => service.stop()));
    await this.#backend?.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** @returns undefined when its ports are taken */
  async #tryUp(ports: string[], stopped: AbortSignal): Promise<BackendAddresses | undefined> {
    const readyFile = join(this.#directory, 'addresses.json');
    const data = join(this.#directory, 'data');
    const up = new DemoProcess('up', ['up', '--data', data, '--ready-file', readyFile, ...ports], {});
    this.#backend = up;
    await up.until(() => existsSync(readyFile) || up.exitCode === exitCode.cannotListen, stopped);
    if (up.exitCode !== null) return undefined;
    const addresses = JSON.parse(readFileSync(readyFile, 'utf8')) as BackendAddresses;
    step('backend', addresses.http, 'sightline up');
    return addresses;
  }

  async #startService(name: ServiceName, backend: BackendAddresses, stopped: AbortSignal): Promise<string> {
    const service = new DemoProcess(name, ['run', 'node', join(examplesFolder, name, 'server.js')], {
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpHttp,
      // Spans leave sooner than usual: someone is watching.
      OTEL_BSP_SCHEDULE_DELAY: '300',
    });
    this.#services.push(service);
    const announcement = /http:\/\/\S+/;
    await service.until(() => announcement.test(service.output), stopped);
    return announcement.exec(service.output)?.[0] ?? '';
  }
}

/** Another Sightline at the usual place. */
async function runningSightline(stopped: AbortSignal): Promise<BackendAddresses | undefined> {
  const port = process.env.SIGHTLINE_HTTP_PORT || '16686';
  try {
    const { addresses } = await new BackendApi(`http://127.0.0.1:${port}`, stopped).status();
    return addresses.http && addresses.otlpHttp ? { http: addresses.http, otlpHttp: addresses.otlpHttp } : undefined;
  } catch {
    return undefined;
  }
}

/** One thing that now stands: what, where, how. */
function step(what: string, where: string, how: string): void {
  line(`  ${paint(what.padEnd(8), 'bold')} ${where.padEnd(24)} ${paint(how, 'dim')}`);
}
