import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, sightline, temporaryDirectory } from './sightline.ts';

/** The agent is fetched from Maven Central by the first run, once for all. */
const cache = join(root, 'e2e/python/.cache');

test('java gets OpenTelemetry’s agent, beside the options that it has', async () => {
  const java = join(temporaryDirectory(), 'java');
  // What the JVM would read; the tests need none.
  writeFileSync(java, '#!/bin/sh\necho "$JAVA_TOOL_OPTIONS|$OTEL_METRICS_EXPORTER|$OTEL_LOGS_EXPORTER|$@"\n');
  chmodSync(java, 0o755);
  const env = { XDG_CACHE_HOME: cache, JAVA_TOOL_OPTIONS: '-Xmx64m', OTEL_LOGS_EXPORTER: 'console' };
  const run = sightline(['run', '--no-up', java, '-jar', 'app.jar'], { env });
  expect(await run.ended).toEqual({ code: 0, signal: null });
  const [, agent = ''] =
    /^-javaagent:(\S+\/opentelemetry-javaagent-[\d.]+\.jar) -Xmx64m\|none\|console\|-jar app\.jar\n$/.exec(
      run.stdout.toString(),
    ) ?? [];
  expect(existsSync(agent)).toBe(true);
}, 180_000);
