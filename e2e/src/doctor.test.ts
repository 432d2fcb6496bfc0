import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort, sightline, temporaryDirectory } from './sightline.ts';

test('doctor looks into each process of a command, and exits as the command does', async () => {
  const folder = temporaryDirectory();
  writeFileSync(
    join(folder, 'app.mjs'),
    `import { createServer } from 'node:http';
    const server = createServer((request, response) => response.end('hello')).listen(0, '127.0.0.1', async () => {
      await (await fetch('http://127.0.0.1:' + server.address().port)).text();
      console.log('output of the program');
      process.exit(3);
    });`,
  );
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'shop' };
  const doctor = sightline(['doctor', '--', process.execPath, join(folder, 'app.mjs')], { env, cwd: folder });
  expect(await doctor.ended).toEqual({ code: 3, signal: null });
  expect(doctor.stdout.toString()).toBe('output of the program\n');
  const said = doctor.stderr.toString();
  expect(said).toMatch(/exit code 3 after/);
  expect(said).toMatch(/^ {2}ok {2}traced: 1 process$/m);
  expect(said).toMatch(/^ {2}!! {2}backend \S+ cannot be reached: .*ECONNREFUSED/m);
  expect(said).toMatch(/^ {2}-- {2}OTEL_SERVICE_NAME=shop$/m);
  expect(said).toMatch(/^ {2}http-server {2}Node's own +1 +\d+$/m);
  expect(said).toMatch(/^ {2}spans {4}2 made, 0 sent, 2 lost at exit$/m);
  expect(said).toMatch(/app\.mjs is an ES module$/m);
});

test('doctor says why there is no report', async () => {
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` };
  const doctor = sightline(['doctor', '--', 'sh', '-c', 'exit 4'], { env });
  expect(await doctor.ended).toEqual({ code: 4, signal: null });
  expect(doctor.stderr.toString()).toContain('the agent has reported from no process');
});

test('doctor without a command looks at the environment alone', async () => {
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` };
  const doctor = sightline(['doctor'], { env });
  expect(await doctor.ended).toEqual({ code: 1, signal: null });
  expect(doctor.stdout.toString()).toMatch(/^ {2}ok {2}Node\.js 2/m);
  expect(doctor.stdout.toString()).toMatch(/cannot be reached/);
});
