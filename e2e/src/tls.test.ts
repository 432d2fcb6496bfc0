/** `up` with a certificate: every port speaks TLS, to all who trust it and to nobody else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TracesData } from '@sightline/wire';
import { expect, test } from 'vitest';
import { certificate, laterCertificate } from '../../scripts/certificate.ts';
import { startBackend } from './backend.ts';
import { eventually, sightline, temporaryDirectory } from './sightline.ts';

const program = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => response.end()).listen(0, '127.0.0.1', async () => {
    await fetch('http://127.0.0.1:' + server.address().port);
    setTimeout(() => process.exit(), 20);
  });
`;

function files(pem: { cert: string; key: string }) {
  const directory = temporaryDirectory();
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  writeFileSync(cert, pem.cert);
  writeFileSync(key, pem.key);
  return { cert, key, flags: ['--tls-cert', cert, '--tls-key', key] };
}

test('agents, import and export come through TLS', { timeout: 60_000 }, async () => {
  const { cert, flags } = files(certificate);
  const { addresses, http, otlpHttp, dataDir } = await startBackend(flags);
  const schemes = Object.entries(addresses).map(([name, address]) => [name, new URL(address).protocol]);
  const udp = new Set(['jaegerCompact', 'jaegerBinary']);
  expect(schemes).toEqual(Object.keys(addresses).map((name) => [name, udp.has(name) ? 'udp:' : 'https:']));

  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'program.mjs'), program);
  const protocols = { 'http/protobuf': otlpHttp, grpc: addresses.otlpGrpc };
  for (const [protocol, endpoint] of Object.entries(protocols)) {
    const env = {
      OTEL_SERVICE_NAME: protocol,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_CERTIFICATE: cert,
      NODE_EXTRA_CA_CERTS: cert,
    };
    const ran = sightline(['run', process.execPath, 'program.mjs'], { cwd: directory, env });
    expect((await ran.ended).code, ran.output).toBe(0);
  }

  const trusting = { NODE_EXTRA_CA_CERTS: cert };
  const file = join(directory, 'traces.json');
  for (const service of Object.keys(protocols)) {
    const found = await eventually(async () => {
      const args = ['export', '--from', http, '--format', 'otlp-json', '--service', service, '--output', file];
      const exported = sightline(args, { env: trusting });
      expect((await exported.ended).code, exported.output).toBe(0);
      const { resourceSpans = [] } = JSON.parse(readFileSync(file, 'utf8')) as TracesData;
      expect(resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans)).not.toEqual([]);
      return resourceSpans;
    });
    expect(found.length).toBeGreaterThan(0);
  }
  const imported = sightline(['import', '--to', otlpHttp, file], { env: trusting });
  expect((await imported.ended).code, imported.output).toBe(0);

  const untrusted = /the certificate of https:.* is not trusted: self.signed certificate\. .*NODE_EXTRA_CA_CERTS/;
  const attempts = [
    ['import', '--to', otlpHttp, file],
    ['export', '--from', http, '--output', file],
    ['delete', '--data', dataDir, '--service', 'grpc', '--older-than', '1d', '--yes'],
  ];
  for (const args of attempts) {
    const refused = sightline(args);
    expect((await refused.ended).code, args[0]).not.toBe(0);
    expect(refused.output, args[0]).toMatch(untrusted);
  }
});

test('files that are no pair end the start, with what is wrong', async () => {
  const { cert } = files(certificate);
  const { key } = files(laterCertificate);
  const common = ['up', '--data', temporaryDirectory(), '--http-port', '0', '--otlp-http-port', '0'];
  const mixed = sightline([...common, '--tls-cert', cert, '--tls-key', key]);
  expect((await mixed.ended).code).toBe(2);
  expect(mixed.output).toMatch(/the key in .*key\.pem \(--tls-key\) is not that of .*cert\.pem \(--tls-cert\)/);
  const half = sightline([...common, '--tls-cert', cert]);
  expect((await half.ended).code).toBe(2);
  expect(half.output).toMatch(/--tls-cert needs --tls-key/);
});
