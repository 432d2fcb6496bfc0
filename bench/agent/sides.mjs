// Who is compared: no agent, Sightline, OpenTelemetry, dd-trace. Each as its documentation says to
// start it, at 100 % sampling, exporting for real.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

export const sideNames = ['none', 'sightline', 'otel', 'dd-trace'];

/** @param major of Node; the peers' newest versions need Node 22, so each has its own */
export function sidesFor(major) {
  const folder = join(here, 'peers', `node-${major}`, 'node_modules');
  const { resolve } = createRequire(join(folder, 'index.js'));
  return [
    { name: 'none', title: 'no agent', options: () => [], env: () => ({}) },
    {
      name: 'sightline',
      title: 'Sightline',
      folder: join(here, '../../packages/agent'),
      options: () => ['--require', join(here, '../../packages/agent/dist/register.cjs')],
      env: (port) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` }),
    },
    {
      name: 'otel',
      title: 'OpenTelemetry',
      folder: join(folder, '@opentelemetry/auto-instrumentations-node'),
      options: (format) => [
        ...(format === 'module'
          ? ['--no-warnings', '--experimental-loader', resolve('@opentelemetry/instrumentation/hook.mjs')]
          : []),
        '--require',
        resolve('@opentelemetry/auto-instrumentations-node/register'),
      ],
      env: (port) => ({
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        // Those that look for a cloud's metadata server would wait for one that is not there.
        OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
      }),
    },
    {
      name: 'dd-trace',
      title: 'dd-trace',
      folder: join(folder, 'dd-trace'),
      options: (format) =>
        format === 'module'
          ? ['--import', resolve('dd-trace/initialize.mjs')]
          : ['--require', resolve('dd-trace/init')],
      env: (port) => ({
        DD_TRACE_AGENT_URL: `http://127.0.0.1:${port}`,
        // Only tracing is compared.
        DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
        DD_REMOTE_CONFIGURATION_ENABLED: 'false',
        DD_CRASHTRACKING_ENABLED: 'false',
      }),
    },
  ];
}

/** Those of the names, in their order; one named again is a side of its own. */
export function chooseSides(all, names) {
  return names.map((name, i) => {
    const side = all.find((known) => known.name === name);
    const times = names.slice(0, i).filter((earlier) => earlier === name).length;
    return times === 0 ? side : { ...side, name: `${name}-${times + 1}`, title: `${side.title} (again)` };
  });
}

/** What is measured: of Node, and of each side that has a package. */
export function versionsOf(node, sides) {
  const version = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  const ofSides = sides.filter(({ folder }) => folder).map(({ name, folder }) => [name, version(folder)]);
  return {
    node: execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim(),
    ...Object.fromEntries(ofSides),
  };
}
